import type { NewRole } from "@/api/schema.gen";

type Permission = NewRole["permissions"][number];
type Of<R extends string> = Permission extends infer P ? (P extends `${R}:${infer A}` ? A : never) : never;
type Resource = Permission extends `${infer R}:${string}` ? R : never;

/** What roles and API keys may do. The compiler knows when a permission of the API is missing here. */
const may = {
  organisation: {
    read: "See the organisation, its plan and its limits",
    update: "Rename the organisation",
  },
  member: {
    read: "See who belongs to the organisation",
    update: "Give members another role or team",
    remove: "Remove members",
  },
  invitation: {
    read: "See open invitations",
    create: "Invite people",
    revoke: "Take invitations back",
  },
  team: {
    read: "See teams and who is in them",
    create: "Make teams",
    update: "Rename own teams, add and remove members",
    delete: "Delete own teams",
    manage: "Do the same with all teams, and invite to them",
  },
  role: {
    read: "See roles and what they may do",
    create: "Make roles",
    update: "Change roles",
    delete: "Delete roles",
  },
  api_key: {
    read: "See own API keys",
    create: "Make API keys",
    revoke: "Revoke own API keys",
    manage: "See and revoke everybody's API keys",
  },
  job: {
    create: "Make pictures, and manage own jobs",
    read: "See own jobs and those of own teams",
    manage: "See and cancel everybody's jobs",
  },
  asset: {
    create: "Upload files",
    read: "See own files and those of own teams",
    update: "Rename, tag, rate and sort own files, keep boards, and make links that show pictures to anybody",
    delete: "Delete own files, and bring them back",
    manage: "Do the same with everybody's files",
  },
  workflow: {
    create: "Keep workflows, and change and share own ones",
    read: "See own, shared and public workflows",
    manage: "See, change and delete everybody's workflows",
  },
  model: {
    read: "See the models to paint with",
    manage: "Delete the organisation's own models",
  },
  credit: {
    read: "See credits, usage and spending limits",
    manage: "Set spending limits",
  },
  webhook: {
    read: "See webhooks and what was sent",
    manage: "Make and change webhooks",
  },
  audit: {
    read: "Read the audit log and check its chain",
    export: "Export the audit log",
  },
} as const satisfies { [R in Resource]: Record<Of<R>, string> };

export const access = {
  denied: "This page is not part of your role",
  deniedHelp: "An admin of your organisation can give you a role that may do this: “{{allows}}”.",
  permissions: "Permissions",
  beyond: "You do not have this yourself, so you cannot give it.",
  count_one: "{{count}} permission",
  count_other: "{{count}} permissions",
  chosen_one: "{{count}} chosen",
  chosen_other: "{{count}} chosen",
  resource: {
    organisation: "Organisation",
    member: "Members",
    invitation: "Invitations",
    team: "Teams",
    role: "Roles",
    api_key: "API keys",
    job: "Jobs",
    asset: "Files",
    workflow: "Workflows",
    model: "Models",
    credit: "Credits",
    webhook: "Webhooks",
    audit: "Audit log",
  } satisfies Record<Resource, string>,
  may,
} as const;
