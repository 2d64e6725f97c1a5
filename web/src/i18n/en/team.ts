export const team = {
  title: "Team",
  pages: "Team pages",
  members: { title: "People" },
  teams: { title: "Teams" },
  roles: { title: "Roles" },
  usage: { title: "Usage" },
  credits: { title: "Credits" },
  audit: { title: "Audit log" },
  organisation: { title: "Organisation" },
} as const;
