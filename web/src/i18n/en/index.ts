import { access } from "@/i18n/en/access";
import { account } from "@/i18n/en/account";
import { advanced } from "@/i18n/en/advanced";
import { auth } from "@/i18n/en/auth";
import { common } from "@/i18n/en/common";
import { designPage } from "@/i18n/en/designPage";
import { gallery } from "@/i18n/en/gallery";
import { jobs } from "@/i18n/en/jobs";
import { onboarding } from "@/i18n/en/onboarding";
import { pictures } from "@/i18n/en/pictures";
import { queue } from "@/i18n/en/queue";
import { shell } from "@/i18n/en/shell";
import { simple } from "@/i18n/en/simple";
import { team } from "@/i18n/en/team";
import { workflows } from "@/i18n/en/workflows";

/** The English catalogue: every string that people see. Another language is another folder of the same shape. */
export const en = {
  ...common,
  access,
  account,
  advanced,
  auth,
  designPage,
  gallery,
  jobs,
  onboarding,
  pictures,
  queue,
  shell,
  simple,
  team,
  workflows,
} as const;
