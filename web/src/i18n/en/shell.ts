export const shell = {
  product: "Studio",
  skip: "Skip to content",
  navigation: "Pages",
  create: "Create",
  gallery: "Gallery",
  queue: "Queue",
  workflows: "Workflows",
  team: "Team",
  account: "Account",
} as const;
