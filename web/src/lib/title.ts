import { useEffect } from "react";
import { create } from "zustand";

/** What the page that is shown is called, and how many pictures are done that nobody has looked at. */
export const usePageTitle = create<{ title: string; unseen: number }>(() => ({ title: "", unseen: 0 }));

/** Names the page: in the browser's tab, and aloud when it was gone to. */
export function useTitle(title: string): void {
  useEffect(() => usePageTitle.setState({ title }), [title]);
}
