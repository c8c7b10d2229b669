// Makes an app that is started with `--run` talk to the offline workspace, though its code names no base URL.
// Node loads this first (NODE_OPTIONS). Only the Slack SDK's classes are touched, and only Slack's own addresses: those
// that it calls, and those on the page on which an installation ends.

const Module = require("node:module");

const SLACK = "https://slack.com/";
const origin = process.env.OFFLINE_WORKSPACE_URL;

// module → its class, the place of the options among its arguments, the option, and what that is by default
const CLASSES = [
  [/@slack\/web-api\/dist\/index\.js$/, "WebClient", 1, "slackApiUrl", "https://slack.com/api/"],
  [/@slack\/oauth\/dist\/index\.js$/, "InstallProvider", 0, "authorizationUrl", "https://slack.com/oauth/v2/authorize"],
];
const redirected = new WeakMap();

function redirect(exports, [, name, place, option, standard]) {
  const Redirected = class extends exports[name] {
    constructor(...args) {
      const options = { ...args[place] };
      const address = options[option] ?? standard;
      if (address.startsWith(SLACK)) options[option] = `${origin}/${address.slice(SLACK.length)}`;
      args[place] = options;
      super(...args);
    }

    // Of InstallProvider alone
    handleCallback(request, response, ...rest) {
      return super.handleCallback(request, leadingBack(response), ...rest);
    }
  };
  Object.defineProperty(Redirected, "name", { value: name });
  return new Proxy(exports, { get: (target, key) => (key === name ? Redirected : target[key]) });
}

/** What would open Slack opens the browser client. */
function leadingBack(response) {
  const end = response.end;
  response.end = (page, ...rest) => end.call(response, typeof page === "string" ? ledBack(page) : page, ...rest);
  return response;
}

function ledBack(page) {
  return page
    .replace(/slack:\/\/app\?team=(\w+)&(?:amp;)?id=(\w+)/g, `${origin}/app_redirect?app=$2&amp;team=$1`)
    .replace(/slack:\/\/open|https:\/\/app\.slack\.com\/client\/\w+/g, `${origin}/`);
}

if (origin) {
  const load = Module._load;
  Module._load = function (request, parent, ...rest) {
    const exports = load.call(this, request, parent, ...rest);
    if (!/slack/.test(request)) return exports;
    const file = Module._resolveFilename(request, parent).replaceAll("\\", "/");
    const known = CLASSES.find(([pattern]) => pattern.test(file));
    if (!known) return exports;
    if (!redirected.has(exports)) redirected.set(exports, redirect(exports, known));
    return redirected.get(exports);
  };
}
