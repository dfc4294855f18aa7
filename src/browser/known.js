// Of a page's text that was sent before, only what changed is sent again; known.rs puts the two together.
(() => {
  if (crawlInPage.sent) return;

  const MOST_KEPT = 2_000_000; // characters
  let known = { number: 1 + Math.floor(Math.random() * 2 ** 48), html: '' };

  // How far two texts agree, by larger steps first.
  function agreement(most, agree) {
    let far = 0;
    for (let step = 65_536; step >= 1; step = Math.floor(step / 4)) {
      while (far + step <= most && agree(far, far + step)) far += step;
    }
    return far;
  }

  const isHigh = (code) => code >= 0xd800 && code < 0xdc00;
  const isLow = (code) => code >= 0xdc00 && code < 0xe000;

  // `since`: the number of the text that the asker knows; the answer says how much of it stands around what is sent.
  function sent(html, since) {
    if (html.length > MOST_KEPT) return { html };
    const last = since === known.number ? known.html : '';
    const from = (text, end) => text.length - end;
    let most = Math.min(last.length, html.length);
    let head = agreement(most, (a, b) => last.slice(a, b) === html.slice(a, b));
    if (head && isHigh(html.charCodeAt(head - 1))) head -= 1;
    most -= head;
    let tail = agreement(most, (a, b) => last.slice(from(last, b), from(last, a)) === html.slice(from(html, b), from(html, a)));
    if (tail && isLow(html.charCodeAt(from(html, tail)))) tail -= 1;
    known = { number: known.number + 1, html };
    return { html: html.slice(head, from(html, tail)), sent: { number: known.number, head, tail } };
  }

  Object.assign(crawlInPage, { sent });
})();
