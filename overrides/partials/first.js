document.documentElement.className = "js";
if (!__md_get("__palette") && matchMedia("(prefers-color-scheme: dark)").matches) document.body.dataset.mdColorScheme = "slate";
