export const advanced = {
  title: "Advanced",
} as const;
