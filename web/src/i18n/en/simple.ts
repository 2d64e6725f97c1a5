export const simple = {
  title: "Simple",
} as const;
