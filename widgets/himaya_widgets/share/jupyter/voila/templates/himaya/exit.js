{% raw %}
"use strict";(()=>{var o=!1;function r(){o=!0,document.body.replaceChildren(),document.title=" ",globalThis.location.replace("about:blank")}function e(t){document.querySelector(t)?.addEventListener("click",n=>{n.preventDefault(),r()})}e(".himaya-exit button");})();
{% endraw %}
