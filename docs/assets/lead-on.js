/* On a page that has moved: follow the link of the section asked for, or else that of the page. */
const part = document.getElementById(decodeURIComponent(location.hash.slice(1))) ?? document.querySelector("h1 + p");
const onward = part.querySelector("a");
if (onward) location.replace(onward.href);
