// Asks for one page of the site and says whether it came; as a worker of any kind.
const ask = (tell) => fetch("/cache-me").then(() => tell("asked"), () => tell("blocked"));
if (self.registration) self.addEventListener("message", (event) => ask((words) => event.source.postMessage(words)));
else if ("onconnect" in self) self.addEventListener("connect", (event) => ask((words) => event.ports[0].postMessage(words)));
else ask((words) => postMessage(words));
