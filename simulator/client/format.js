// Dates, times and sizes as people read them.

const time = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });
const withYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });

const dateOf = (ts) => new Date(Number.parseFloat(ts) * 1000);
export const timeOf = (ts) => time.format(dateOf(ts));
export const fullTimeOf = (ts) => full.format(dateOf(ts));
export const dayKey = (ts) => dateOf(ts).toDateString();

const NEAR_DAYS = new Set(["Today", "Yesterday", "Tomorrow"]);

export function dayName(ts) {
  const date = dateOf(ts);
  const today = new Date();
  const dayFromNow = (days) => new Date(today.getFullYear(), today.getMonth(), today.getDate() + days).toDateString();
  if (date.toDateString() === dayFromNow(0)) return "Today";
  if (date.toDateString() === dayFromNow(-1)) return "Yesterday";
  if (date.toDateString() === dayFromNow(1)) return "Tomorrow";
  return date.getFullYear() === today.getFullYear() ? weekday.format(date) : withYear.format(date);
}

const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const STEPS = [
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];

export function ago(ts) {
  const seconds = Date.now() / 1000 - Number.parseFloat(ts);
  for (const [unit, length] of STEPS) {
    if (seconds >= length) return RELATIVE.format(-Math.floor(seconds / length), unit);
  }
  return "just now";
}

export function fileSize(bytes = 0) {
  const units = ["bytes", "kB", "MB", "GB"];
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || size >= 100 ? 0 : 1;
  return `${size.toFixed(digits)} ${units[unit]}`;
}

export function plural(count, one, many = `${one}s`) {
  return `${count.toLocaleString()} ${count === 1 ? one : many}`;
}

const DATE_TOKENS = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { dateStyle: "long" },
  date_short: { dateStyle: "medium" },
  date_long: { dateStyle: "full" },
  date_pretty: { dateStyle: "long" },
  date_short_pretty: { dateStyle: "medium" },
  date_long_pretty: { dateStyle: "full" },
  time: { timeStyle: "short" },
  time_secs: { timeStyle: "medium" },
};

/** Slack's <!date^seconds^{date_short} at {time}|fallback>. Unknown tokens give the fallback. */
export function slackDate(seconds, format, fallback) {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return fallback;
  let unknown = false;
  const text = format.replace(/\{(\w+)\}/g, (_, token) => {
    if (token === "ago") return ago(seconds);
    unknown ||= !(token in DATE_TOKENS);
    if (token.endsWith("_pretty") && NEAR_DAYS.has(dayName(seconds))) return dayName(seconds).toLowerCase();
    return unknown ? "" : new Intl.DateTimeFormat(undefined, DATE_TOKENS[token]).format(date);
  });
  return unknown ? fallback : text;
}
