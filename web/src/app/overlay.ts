import { create } from "zustand";

export type Overlay = "commands" | "shortcuts";

/** Which of the dialogs that can be opened from anywhere is open. */
export const useOverlay = create<{ open: Overlay | null }>(() => ({ open: null }));
export const openOverlay = (open: Overlay) => useOverlay.setState({ open });
export const closeOverlay = () => useOverlay.setState({ open: null });
