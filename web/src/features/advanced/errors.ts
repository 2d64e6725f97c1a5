import { createContext, useContext } from "react";
import type { Errors } from "./draft/errors";

/** What is wrong in the form now: by the studio's answer about the price or to a press, and what is lacking. */
export const ErrorsContext = createContext<Errors>({});
export const useErrors = (): Errors => useContext(ErrorsContext);
