// Classic script, in <head>: the stored theme must be on <html> before the first paint.
(() => {
  const KEY = "workspace.theme";
  const read = () => {
    try {
      return localStorage.getItem(KEY) ?? "system";
    } catch {
      return "system"; // storage can be blocked; the system's theme still works
    }
  };
  const apply = (theme) => {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  };
  window.theme = {
    choices: ["system", "light", "dark"],
    current: read,
    choose(theme) {
      try {
        localStorage.setItem(KEY, theme);
      } catch {
        // remembered for this page only
      }
      apply(theme);
    },
  };
  apply(read());
})();
