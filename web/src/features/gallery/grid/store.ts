import { create } from "zustand";
import { all, among, NOTHING, ranged, type Selection, toggled } from "@/features/gallery/grid/selection";
import { onAnother } from "@/lib/owner";

type State = {
  selection: Selection;
  /** A press chooses instead of opening: begun with a long press, a check mark, or the button. */
  choosing: boolean;
  /** Where the keyboard is; it is found there again when one comes back from a picture. */
  active: string | null;
  /** The board, the bin or all that it was chosen in. */
  place: string;
};

/** What is chosen in the gallery. It outlives a look at a picture. */
export const useGrid = create<State>(() => ({
  selection: NOTHING,
  choosing: false,
  active: null,
  place: "",
}));
onAnother(() => useGrid.setState(useGrid.getInitialState()));

const choose = (change: (selection: Selection) => Selection) =>
  useGrid.setState(({ selection }) => {
    const next = change(selection);
    return { selection: next, choosing: next.ids.size > 0 };
  });

export const toggle = (id: string) => choose((selection) => toggled(selection, id));
export const range = (id: string, order: readonly string[]) =>
  choose((selection) => ranged(selection, id, order));
export const chooseAll = (order: readonly string[]) => choose(() => all(order));
export const chooseNothing = () => useGrid.setState({ selection: NOTHING, choosing: false });
/** Another place has other pictures: nothing of it is chosen. */
export const enter = (place: string) =>
  useGrid.setState((state) =>
    state.place === place ? state : { selection: NOTHING, choosing: false, active: null, place },
  );
export const beginChoosing = () => useGrid.setState({ choosing: true });
export const activate = (id: string) => useGrid.setState({ active: id });
/** Forgets what is not in the list any more: it was deleted, or filtered away. */
export const keepAmong = (order: readonly string[]) =>
  useGrid.setState((state) => {
    const selection = among(state.selection, order);
    if (selection === state.selection) return state;
    return { selection, choosing: state.choosing && selection.ids.size > 0 };
  });
