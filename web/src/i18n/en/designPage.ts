/** The page that shows the design system's parts. */
export const designPage = {
  title: "Parts",
  description: "Every part of the design system, in its states.",
  buttons: "Buttons",
  fields: "Fields",
  choices: "Choices and words",
  states: "States",
  table: "Table",
  text: "Name",
  wrong: "Wrong",
  select: "Aspect ratio",
  slider: "Steps",
  switch: "Fixed seed",
  note: "A short note that is always seen.",
  empty: "Nothing here yet",
  refusal: "Steps must be between 1 and 150. Choose fewer.",
} as const;
