// The databases of the page's origin as storage states write them: `dump` reads all, `restore` writes them anew.
// Run in a world of our own; values that JSON does not have are written as maps of one letter.
(() => {
  const KINDS = {
    i8: Int8Array, ui8: Uint8Array, ui8c: Uint8ClampedArray, i16: Int16Array, ui16: Uint16Array, i32: Int32Array,
    ui32: Uint32Array, f32: Float32Array, f64: Float64Array, bi64: BigInt64Array, bui64: BigUint64Array,
  };
  const WORDS = { undefined: undefined, NaN: NaN, Infinity: Infinity, '-Infinity': -Infinity, '-0': -0 };

  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const ended = (transaction) => new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });

  const toText = (buffer, from, length) => {
    let text = '';
    for (const byte of new Uint8Array(buffer, from, length)) text += String.fromCharCode(byte);
    return btoa(text);
  };
  const toBuffer = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;

  const isMap = (value) => [Object.prototype, null].includes(Object.getPrototypeOf(value));

  // Whether JSON says it as it is.
  const plain = (value, above = []) => {
    if (value === null || typeof value === 'boolean' || typeof value === 'string') return true;
    if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
    if (typeof value !== 'object' || above.includes(value)) return false;
    const within = [...above, value];
    if (Array.isArray(value)) return Array.from(value).every((item) => plain(item, within));
    return isMap(value) && Object.values(value).every((item) => plain(item, within));
  };

  const encoder = () => {
    const seen = new Map();
    const begin = (value) => {
      seen.set(value, seen.size + 1);
      return seen.size;
    };
    const encode = (value) => {
      if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
      if (typeof value === 'bigint') return { bi: value.toString() };
      if (typeof value === 'number' && Number.isFinite(value) && !Object.is(value, -0)) return value;
      if (typeof value === 'number' || value === undefined) return { v: Object.is(value, -0) ? '-0' : String(value) };
      if (seen.has(value)) return { ref: seen.get(value) };
      if (value instanceof Date) return { d: value.toJSON() };
      if (value instanceof RegExp) return { r: { p: value.source, f: value.flags } };
      if (value instanceof Error) return { e: { n: value.name, m: value.message, s: value.stack ?? '' } };
      if (value instanceof ArrayBuffer) return { ab: { b: toText(value) } };
      const kind = Object.keys(KINDS).find((name) => value instanceof KINDS[name]);
      if (kind) return { ta: { b: toText(value.buffer, value.byteOffset, value.byteLength), k: kind } };
      if (Array.isArray(value)) {
        const id = begin(value);
        return { a: Array.from(value, encode), id };
      }
      if (value instanceof Map) {
        const id = begin(value);
        return { m: [...value].map(([k, v]) => ({ k: encode(k), v: encode(v) })), id };
      }
      if (value instanceof Set) {
        const id = begin(value);
        return { s: [...value].map(encode), id };
      }
      if (isMap(value)) {
        const id = begin(value);
        return { o: Object.entries(value).map(([k, v]) => ({ k, v: encode(v) })), id };
      }
      throw new TypeError(Object.prototype.toString.call(value).slice(8, -1));
    };
    return encode;
  };

  const decoder = () => {
    const known = new Map();
    const begin = (id, value) => {
      known.set(id, value);
      return value;
    };
    const decode = (written) => {
      if (written === null || typeof written !== 'object') return written;
      if ('ref' in written) return known.get(written.ref);
      if ('v' in written) return written.v === 'null' ? null : WORDS[written.v];
      if ('d' in written) return new Date(written.d ?? NaN);
      if ('bi' in written) return BigInt(written.bi);
      if ('r' in written) return new RegExp(written.r.p, written.r.f);
      if ('ab' in written) return toBuffer(written.ab.b);
      if ('ta' in written) return new KINDS[written.ta.k](toBuffer(written.ta.b));
      if ('e' in written) {
        return Object.assign(new Error(written.e.m), { name: written.e.n, stack: written.e.s });
      }
      if ('a' in written) {
        const array = begin(written.id, []);
        for (const item of written.a) array.push(decode(item));
        return array;
      }
      if ('m' in written) {
        const map = begin(written.id, new Map());
        for (const { k, v } of written.m) map.set(decode(k), decode(v));
        return map;
      }
      if ('s' in written) {
        const set = begin(written.id, new Set());
        for (const item of written.s) set.add(decode(item));
        return set;
      }
      const object = begin(written.id, {});
      for (const { k, v } of written.o ?? []) {
        Object.defineProperty(object, k, { value: decode(v), enumerable: true, writable: true, configurable: true });
      }
      return object;
    };
    return decode;
  };

  const part = (name, value) => (plain(value) ? { [name]: value } : { [`${name}Encoded`]: encoder()(value) });
  const read = (from, name) => (name in from ? from[name] : decoder()(from[`${name}Encoded`]));
  const path = (keyPath) => {
    if (keyPath === null) return {};
    return typeof keyPath === 'string' ? { keyPath } : { keyPathArray: Array.from(keyPath) };
  };

  const dumpStore = async (store, left) => {
    const records = [];
    const [keys, values] = await Promise.all([done(store.getAllKeys()), done(store.getAll())]);
    for (const [at, value] of values.entries()) {
      try {
        records.push({ ...(store.keyPath === null ? part('key', keys[at]) : {}), ...part('value', value) });
      } catch (error) {
        left.push(`${store.transaction.db.name}/${store.name}: ${error.message}`);
      }
    }
    const indexes = Array.from(store.indexNames, (name) => {
      const { keyPath, multiEntry, unique } = store.index(name);
      return { name, ...path(keyPath), multiEntry, unique };
    });
    return { name: store.name, autoIncrement: store.autoIncrement, ...path(store.keyPath), records, indexes };
  };

  const dump = async () => {
    const databases = [];
    const left = [];
    for (const { name, version } of await indexedDB.databases()) {
      const db = await done(indexedDB.open(name));
      const stores = [];
      if (db.objectStoreNames.length > 0) {
        const transaction = db.transaction(db.objectStoreNames, 'readonly');
        const all = Array.from(db.objectStoreNames, (store) => dumpStore(transaction.objectStore(store), left));
        stores.push(...await Promise.all(all));
      }
      db.close();
      databases.push({ name, version, stores });
    }
    return { databases, left };
  };

  const make = (db, { name, autoIncrement, keyPath, keyPathArray, indexes }) => {
    const store = db.createObjectStore(name, { autoIncrement, keyPath: keyPathArray ?? keyPath ?? null });
    for (const index of indexes ?? []) {
      const { multiEntry, unique } = index;
      store.createIndex(index.name, index.keyPathArray ?? index.keyPath, { multiEntry, unique });
    }
  };

  const restore = async (databases) => {
    for (const { name, version, stores } of databases) {
      await done(indexedDB.deleteDatabase(name));
      const opening = indexedDB.open(name, version);
      opening.onupgradeneeded = () => stores.forEach((store) => make(opening.result, store));
      const db = await done(opening);
      if (stores.length > 0) {
        const transaction = db.transaction(stores.map((store) => store.name), 'readwrite');
        for (const { name: store, keyPath, keyPathArray, records } of stores) {
          const target = transaction.objectStore(store);
          for (const record of records) {
            const value = read(record, 'value');
            const outside = keyPath === undefined && keyPathArray === undefined;
            outside ? target.put(value, read(record, 'key')) : target.put(value);
          }
        }
        await ended(transaction);
      }
      db.close();
    }
    return true;
  };

  return { dump, restore };
})()
