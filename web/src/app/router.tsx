import {
  type AnyRoute,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import type { Preferences } from "@/api/preferences";
import { loadSession } from "@/api/session";
import { Failed, Lost } from "@/app/Failed";
import { Root } from "@/app/Root";

/** Every address, and the room that answers it. A room's code is loaded when it is opened. */
const root = createRootRoute({ component: Root, notFoundComponent: Lost, errorComponent: Failed });

const outside = <P extends string>(path: P, room: () => Promise<Record<string, unknown>>, name: string) =>
  createRoute({
    getParentRoute: () => root,
    path,
    component: lazyRouteComponent(room as never, name as never),
  });

/** Pages for who is signed in; others are sent to sign in and come back. */
const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  // Its code is for who is signed in; it is loaded beside the room's.
  component: lazyRouteComponent(() => import("@/app/Shell"), "Shell"),
  beforeLoad: async ({ location }) => {
    if (!(await loadSession())) throw redirect({ to: "/login", search: { next: location.href } });
  },
});

const room = <P extends string>(path: P, load: () => Promise<Record<string, unknown>>, name: string) =>
  createRoute({
    getParentRoute: () => inside,
    path,
    component: lazyRouteComponent(load as never, name as never),
  });

/** Pages that share a bar of their own: the room's code is loaded with the first of them. */
const accountRoom = createRoute({
  getParentRoute: () => inside,
  id: "account-room",
  component: lazyRouteComponent(() => import("@/features/account/AccountRoom"), "AccountRoom"),
});
const teamRoom = createRoute({
  getParentRoute: () => inside,
  id: "team-room",
  component: lazyRouteComponent(() => import("@/features/team/TeamRoom"), "TeamRoom"),
});

const pageOf =
  <R extends AnyRoute>(parent: R) =>
  <P extends string>(path: P, load: () => Promise<Record<string, unknown>>, name: string) =>
    createRoute({
      getParentRoute: () => parent,
      path,
      component: lazyRouteComponent(load as never, name as never),
    });
const accountPage = pageOf(accountRoom);
const teamPage = pageOf(teamRoom);

const text = (value: unknown) => (typeof value === "string" ? value : undefined);

/** Where one wanted to go. */
const withNext = (search: Record<string, unknown>): { next?: string } => {
  const next = text(search.next);
  return next ? { next } : {};
};

/** Ways in, which know where one wanted to go. */
const wayIn = <P extends string>(path: P, load: () => Promise<Record<string, unknown>>, name: string) =>
  createRoute({
    getParentRoute: () => root,
    path,
    validateSearch: withNext,
    component: lazyRouteComponent(load as never, name as never),
  });
const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: async () => {
    const me = await loadSession();
    const { onboarded, mode } = (me?.preferences ?? {}) as Preferences;
    if (me && !onboarded) throw redirect({ to: "/welcome" });
    throw redirect({ to: mode === "advanced" ? "/create/advanced" : "/create" });
  },
});

const tree = root.addChildren([
  home,
  wayIn("/login", () => import("@/features/auth/Login"), "Login"),
  wayIn("/register", () => import("@/features/auth/Register"), "Register"),
  wayIn("/login/oauth", () => import("@/features/auth/OAuth"), "OAuth"),
  outside("/forgot-password", () => import("@/features/auth/Forgot"), "Forgot"),
  outside("/reset-password", () => import("@/features/auth/Reset"), "Reset"),
  outside("/verify-email", () => import("@/features/auth/Verify"), "Verify"),
  outside("/invitation", () => import("@/features/auth/Invited"), "Invited"),
  outside("/design", () => import("@/features/design/Components"), "Components"),
  outside("/shared/$token", () => import("@/features/gallery/Shared"), "Shared"),
  inside.addChildren([
    createRoute({
      getParentRoute: () => inside,
      path: "/welcome",
      validateSearch: withNext,
      component: lazyRouteComponent(() => import("@/features/onboarding/Welcome"), "Welcome"),
    }),
    room("/create", () => import("@/features/simple/Simple"), "Simple"),
    room("/create/advanced", () => import("@/features/advanced/Advanced"), "Advanced"),
    room("/gallery", () => import("@/features/gallery/Gallery"), "Gallery"),
    room("/gallery/compare", () => import("@/features/gallery/Compare"), "Compare"),
    room("/gallery/$assetId", () => import("@/features/gallery/Picture"), "Picture"),
    room("/queue", () => import("@/features/queue/Queue"), "Queue"),
    room("/workflows", () => import("@/features/workflows/Workflows"), "Workflows"),
    room("/workflows/templates/$name", () => import("@/features/workflows/TemplatePage"), "TemplatePage"),
    room("/workflows/$workflowId", () => import("@/features/workflows/WorkflowPage"), "WorkflowPage"),
    accountRoom.addChildren([
      accountPage("/account", () => import("@/features/account/Account"), "Account"),
      accountPage("/account/sessions", () => import("@/features/account/Sessions"), "Sessions"),
      accountPage("/account/keys", () => import("@/features/account/Keys"), "Keys"),
    ]),
    teamRoom.addChildren([
      teamPage("/team", () => import("@/features/team/Members"), "Members"),
      teamPage("/team/teams", () => import("@/features/team/Teams"), "Teams"),
      teamPage("/team/roles", () => import("@/features/team/Roles"), "Roles"),
      teamPage("/team/usage", () => import("@/features/team/Usage"), "Usage"),
      teamPage("/team/credits", () => import("@/features/team/Credits"), "Credits"),
      teamPage("/team/audit", () => import("@/features/team/Audit"), "Audit"),
      teamPage("/team/organisation", () => import("@/features/team/OrganisationPage"), "OrganisationPage"),
    ]),
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  defaultPreload: "intent",
  defaultPendingMs: 150,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
