import {
  Images,
  ListOrdered,
  type LucideIcon,
  Sparkles,
  UserRound,
  UsersRound,
  Workflow,
} from "lucide-react";
import type { Text } from "@/i18n";

export type Room = {
  to: "/create" | "/gallery" | "/queue" | "/workflows" | "/team" | "/account";
  name: Text;
  Icon: LucideIcon;
  /** Pressed after G. */
  key: string;
  /** Without it there is nothing to see there. */
  permission?: string;
  /** Where it is on phones: in the bar, or in the menu behind one's initials. */
  phone: "bar" | "menu";
  /** On wide screens, the same. */
  wide: "bar" | "menu";
};

/** The rooms, in order. */
export const ROOMS: Room[] = [
  { to: "/create", name: "shell.create", Icon: Sparkles, key: "c", phone: "bar", wide: "bar" },
  {
    to: "/gallery",
    name: "shell.gallery",
    Icon: Images,
    key: "g",
    phone: "bar",
    wide: "bar",
    permission: "asset:read",
  },
  {
    to: "/queue",
    name: "shell.queue",
    Icon: ListOrdered,
    key: "q",
    phone: "bar",
    wide: "bar",
    permission: "job:read",
  },
  {
    to: "/workflows",
    name: "shell.workflows",
    Icon: Workflow,
    key: "w",
    phone: "bar",
    wide: "bar",
    permission: "workflow:read",
  },
  { to: "/team", name: "shell.team", Icon: UsersRound, key: "t", phone: "menu", wide: "bar" },
  { to: "/account", name: "shell.account", Icon: UserRound, key: "a", phone: "menu", wide: "menu" },
];
