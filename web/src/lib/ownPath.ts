/** A path of this studio, where one goes on after signing in; what a browser could take for another place is none. */
export function ownPath(next: string | undefined): string {
  // Browsers read "\" as "/" and leave out control characters; "//" begins a host.
  if (!next || !/^\/(?!\/)[!-[\]-~]*$/.test(next)) return "/";
  const url = new URL(next, location.origin);
  return url.origin === location.origin && !url.pathname.startsWith("/login") ? next : "/";
}
