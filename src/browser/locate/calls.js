// What Rust calls.

Object.defineProperty(globalThis, 'crawlLocate', {
  value: {
    ready,
    outward,
    surround,
    frames,
    held: () => held,
    scroll: (wish) => scroll(document.scrollingElement ?? document.documentElement, wish),
  },
});
