/** Readers of what was stored or sent: the value where it is good, undefined where it is not. */
export type Reader<T> = (value: unknown) => T | undefined;

export const flag: Reader<boolean> = (value) => (typeof value === "boolean" ? value : undefined);

export const text =
  (most: number): Reader<string> =>
  (value) =>
    typeof value === "string" && value.length <= most ? value : undefined;

export const matching =
  (pattern: RegExp): Reader<string> =>
  (value) =>
    typeof value === "string" && pattern.test(value) ? value : undefined;

export const number =
  (min: number, max: number): Reader<number> =>
  (value) =>
    typeof value === "number" && value >= min && value <= max ? value : undefined;

/** More than `min`, up to `max`. */
export const above =
  (min: number, max: number): Reader<number> =>
  (value) =>
    value === min ? undefined : number(min, max)(value);

export const whole =
  (min: number, max: number, step = 1): Reader<number> =>
  (value) =>
    Number.isInteger(value) && number(min, max)(value) !== undefined && (value as number) % step === 0
      ? (value as number)
      : undefined;

export const oneOf =
  <const T extends readonly string[]>(values: T): Reader<T[number]> =>
  (value) =>
    values.find((one) => one === value);

export const orNull =
  <T>(reader: Reader<T>): Reader<T | null> =>
  (value) =>
    value === null ? null : reader(value);

/** A list; what in it is not good is left out, and what is too many. */
export const list =
  <T>(reader: Reader<T>, most: number): Reader<T[]> =>
  (value) =>
    Array.isArray(value)
      ? value
          .slice(0, most)
          .map(reader)
          .filter((one) => one !== undefined)
      : undefined;

/** A list in which all is good, or none. */
export const every =
  <T>(reader: Reader<T>, most: number): Reader<T[]> =>
  (value) => {
    if (!Array.isArray(value) || value.length === 0 || value.length > most) return undefined;
    const read = value.map(reader).filter((one) => one !== undefined);
    return read.length === value.length ? read : undefined;
  };

export type Readers<T> = { [K in keyof T]: Reader<T[K]> };

/** An object; what in it is missing or not good is as in `defaults`, what else it holds is left out. */
export const shape =
  <T extends object>(defaults: T, readers: Readers<T>): Reader<T> =>
  (value) => {
    if (typeof value !== "object" || value === null) return undefined;
    const given = value as Record<string, unknown>;
    const read = { ...defaults };
    for (const name of Object.keys(readers) as (keyof T & string)[]) {
      const good = Object.hasOwn(given, name) ? readers[name](given[name]) : undefined;
      if (good !== undefined) read[name] = good;
    }
    return read;
  };
