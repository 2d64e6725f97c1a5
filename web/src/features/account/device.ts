/** What a User-Agent says, in its order: whoever comes later names those before too. */
const BROWSERS: [RegExp, string][] = [
  [/\bEdg(?:e|A|iOS)?\//, "Edge"],
  [/\bOPR\/|\bOpera\b/, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\bFirefox\/|\bFxiOS\//, "Firefox"],
  [/\bChrome\/|\bCriOS\/|\bHeadlessChrome\//, "Chrome"],
  [/\bSafari\//, "Safari"],
  [/^curl\//, "curl"],
  [/^python-|^Python\//i, "Python"],
];
const SYSTEMS: [RegExp, string][] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b|\bMacintosh\b/, "macOS"],
  [/\bLinux\b/, "Linux"],
];

const named = (agent: string, table: [RegExp, string][]) => table.find(([sign]) => sign.test(agent))?.[1];

/** Browser and system of a User-Agent; undefined where it does not say. */
export function deviceOf(agent: string): { browser: string | undefined; system: string | undefined } {
  return { browser: named(agent, BROWSERS), system: named(agent, SYSTEMS) };
}
