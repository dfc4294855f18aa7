// Runs first in every document of a run that is answered from a recording: the clock goes on from when that began, what is
// random comes from its seed, and there are no connections beside requests.
((began, seed) => {
  const { apply, construct, defineProperty, getOwnPropertyDescriptor } = Reflect;
  const RealDate = Date;
  const realNow = RealDate.now;
  const now = () => realNow() + began;
  // A proxy of a native function is one to whoever looks: name, length, text.
  const replace = (owner, name, handler) => {
    const own = owner && getOwnPropertyDescriptor(owner, name);
    if (!own || typeof own.value !== "function" || !own.configurable) return;
    defineProperty(owner, name, { ...own, value: new Proxy(own.value, handler) });
  };

  replace(RealDate, "now", { apply: now });
  replace(globalThis, "Date", {
    apply: () => new RealDate(now()).toString(),
    construct: (date, given, target) => construct(date, given.length ? given : [now()], target),
  });
  defineProperty(RealDate.prototype, "constructor", {
    value: globalThis.Date,
    writable: true,
    configurable: true,
  });
  const origin = getOwnPropertyDescriptor(Performance.prototype, "timeOrigin");
  if (origin?.get && origin.configurable) {
    const shifted = { apply: (get, self) => apply(get, self, []) + began };
    defineProperty(Performance.prototype, "timeOrigin", { ...origin, get: new Proxy(origin.get, shifted) });
  }
  const temporal = globalThis.Temporal;
  if (temporal?.Now) {
    const { Instant, Now } = temporal;
    const zone = Now.timeZoneId;
    const instant = () => Instant.fromEpochMilliseconds(now());
    const local = (given) => instant().toZonedDateTimeISO(given.length && given[0] !== undefined ? given[0] : zone());
    replace(Now, "instant", { apply: instant });
    replace(Now, "zonedDateTimeISO", { apply: (_, __, given) => local(given) });
    replace(Now, "plainDateTimeISO", { apply: (_, __, given) => local(given).toPlainDateTime() });
    replace(Now, "plainDateISO", { apply: (_, __, given) => local(given).toPlainDate() });
    replace(Now, "plainTimeISO", { apply: (_, __, given) => local(given).toPlainTime() });
  }
  if (globalThis.Intl?.DateTimeFormat) {
    for (const name of ["format", "formatToParts"]) {
      const dated = { apply: (format, self, [date]) => apply(format, self, [date === undefined ? now() : date]) };
      const own = getOwnPropertyDescriptor(Intl.DateTimeFormat.prototype, name);
      if (!own?.configurable) continue;
      if (own.value) replace(Intl.DateTimeFormat.prototype, name, dated);
      // `format` is a property whose value is made for each formatter, and is the same each time.
      const made = new WeakMap();
      const bound = (get, self) => {
        if (!made.has(self)) made.set(self, new Proxy(apply(get, self, []), dated));
        return made.get(self);
      };
      if (own.get) {
        defineProperty(Intl.DateTimeFormat.prototype, name, { ...own, get: new Proxy(own.get, { apply: bound }) });
      }
    }
  }

  // Documents of different addresses draw differently; mulberry32 of a hash of seed and address.
  let state = seed >>> 0;
  for (const sign of String(globalThis.location?.href ?? "").split("#")[0]) {
    state = Math.imul(state ^ sign.codePointAt(0), 0x01000193) >>> 0;
  }
  const draw = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const fill = (bytes) => {
    for (let at = 0; at < bytes.length; at++) bytes[at] = draw() >>> 24;
    return bytes;
  };
  replace(Math, "random", { apply: () => ((draw() >>> 5) * 67108864 + (draw() >>> 6)) / 9007199254740992 });
  if (globalThis.Crypto) {
    replace(Crypto.prototype, "getRandomValues", {
      apply: (native, self, given) => {
        // The native one refuses what it cannot fill.
        const array = apply(native, self, given);
        fill(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
        return array;
      },
    });
    replace(Crypto.prototype, "randomUUID", {
      apply: () => {
        const bytes = fill(new Uint8Array(16));
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
        return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
      },
    });
  }

  const refuse = (name, make) => replace(globalThis, name, { construct: make });
  refuse("WebSocket", (native, given, target) => {
    const address = new URL(given[0], document.baseURI);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = construct(EventTarget, [], target);
    const fixed = { url: address.href, readyState: 0, bufferedAmount: 0, extensions: "", protocol: "" };
    const own = { ...fixed, binaryType: "blob", onopen: null, onmessage: null, onerror: null, onclose: null };
    for (const [name, value] of Object.entries(own)) {
      defineProperty(socket, name, { value, writable: true, enumerable: true, configurable: true });
    }
    const tell = (event) => {
      const listener = socket[`on${event.type}`];
      if (typeof listener === "function") socket.addEventListener(event.type, listener, { once: true });
      socket.dispatchEvent(event);
    };
    socket.close = () => {};
    socket.send = () => {
      if (socket.readyState === 0) throw new DOMException("Still in CONNECTING state.", "InvalidStateError");
    };
    setTimeout(() => {
      socket.readyState = 3;
      tell(new Event("error"));
      tell(new CloseEvent("close", { code: 1006, wasClean: false }));
    }, 0);
    return socket;
  });
  // Requests went past service workers when they were recorded, their scripts' too: a page gets one that does nothing.
  const { ServiceWorker, ServiceWorkerContainer, ServiceWorkerRegistration } = globalThis;
  if (ServiceWorkerContainer && ServiceWorkerRegistration) {
    const registrations = new Map();
    let tellReady;
    const ready = new Promise((tell) => (tellReady = tell));
    const like = (target, own) => {
      const made = construct(EventTarget, [], target);
      for (const [name, value] of Object.entries(own)) {
        defineProperty(made, name, { value, writable: true, enumerable: true, configurable: true });
      }
      return made;
    };
    const register = async ([address, options]) => {
      const script = new URL(address, document.baseURI);
      const scope = new URL(options?.scope ?? "./", script).href;
      const fixed = { scriptURL: script.href, state: "activated", onstatechange: null, onerror: null };
      const active = like(ServiceWorker, { ...fixed, postMessage: () => {} });
      const registration = like(ServiceWorkerRegistration, { active, scope, installing: null, waiting: null });
      const acts = { update: async () => registration, unregister: async () => registrations.delete(scope) };
      for (const [name, value] of Object.entries({ ...acts, updateViaCache: "imports", onupdatefound: null })) {
        defineProperty(registration, name, { value, writable: true, configurable: true });
      }
      registrations.set(scope, registration);
      tellReady(registration);
      return registration;
    };
    replace(ServiceWorkerContainer.prototype, "register", { apply: (_, __, given) => register(given) });
    const first = (address) => [...registrations.values()].find(({ scope }) => address.startsWith(scope));
    replace(ServiceWorkerContainer.prototype, "getRegistration", {
      apply: async (_, __, [address = ""]) => first(new URL(address, document.baseURI).href),
    });
    replace(ServiceWorkerContainer.prototype, "getRegistrations", { apply: async () => [...registrations.values()] });
    const own = getOwnPropertyDescriptor(ServiceWorkerContainer.prototype, "ready");
    if (own?.get && own.configurable) {
      const get = new Proxy(own.get, { apply: () => ready });
      defineProperty(ServiceWorkerContainer.prototype, "ready", { ...own, get });
    }
  }
  const nowhere = (name) => () => {
    throw new DOMException(`${name}: a recorded run has no connections beside requests.`, "NotSupportedError");
  };
  for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport"]) refuse(name, nowhere(name));
})
