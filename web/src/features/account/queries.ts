/** How the lists of this room are called in the cache. */
export const KEYS = ["get", "/api/v1/api-keys"] as const;
