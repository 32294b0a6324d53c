{% raw %}
"use strict";(()=>{var n="himaya:left",r=300,i=!1;function a(){i=!0,document.body.replaceChildren(),document.title=" ";let e=()=>globalThis.location.replace("about:blank");s("1");let t=Number(globalThis.history.state?.depth??0);if(!(t>0))return e();globalThis.addEventListener("popstate",e),setTimeout(e,r),globalThis.history.go(-t)}function s(e){try{e===null?sessionStorage.removeItem(n):sessionStorage.setItem(n,e)}catch{}}function o(e){document.querySelector(e)?.addEventListener("click",t=>{t.preventDefault(),a()})}o(".himaya-exit button");})();
{% endraw %}
