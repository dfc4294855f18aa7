//! A site for one trial: it wants a name and a password, gives a cookie, and shows what a page draws and reads off the clock.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

/// A page that shows its clock and what it draws.
const DRAWN: &str = r##"<!doctype html><title>Drawn</title><pre id="drawn"></pre><script>
  class Own extends Date { year() { return this.getFullYear(); } }
  const bytes = crypto.getRandomValues(new Uint8Array(4));
  const drawn = {
    year: [new Date().getFullYear(), new Own().year(), new Date(Date.now()).getFullYear(), Date().slice(11, 15)],
    formatted: new Intl.DateTimeFormat("en", { year: "numeric" }).format(),
    fixed: new Date(2001, 1, 3).getFullYear() + "/" + Date.UTC(2001, 1, 3),
    kind: [new Date() instanceof Date, new Own() instanceof Own, new Date().constructor === Date, Date.name, Date.length],
    native: [Date, Date.now, Math.random].map((own) => Function.prototype.toString.call(own).includes("[native code]")),
    random: [Math.random(), Math.random()],
    bytes: Array.from(bytes),
    uuid: crypto.randomUUID(),
  };
  document.querySelector("#drawn").textContent = JSON.stringify(drawn);
  const socket = new WebSocket("ws://" + location.host + "/socket");
  socket.onclose = (event) => { document.title = "closed " + event.code; };
</script>"##;

/// A page that waits for its service worker before it asks for anything.
const SERVED: &str = r##"<!doctype html><title>Served</title><p id="said"></p><script>
  (async () => {
    const registration = await navigator.serviceWorker.register("/worker.js");
    const ready = await navigator.serviceWorker.ready;
    const known = await navigator.serviceWorker.getRegistrations();
    const plain = await (await fetch("/plain")).text();
    const kind = registration instanceof ServiceWorkerRegistration && registration instanceof EventTarget;
    return [plain, new URL(ready.scope).pathname, known.length, kind, typeof registration.update].join(" ");
  })().catch((error) => String(error)).then((said) => { document.querySelector("#said").textContent = said; });
</script>"##;

/// A site under way.
pub struct Site {
    port: u16,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Site {
    /// Starts it.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let over = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&over);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                std::thread::spawn(move || drop(serve(stream)));
            }
        });
        Self { port, over, thread: Some(thread) }
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(("127.0.0.1", self.port)));
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

fn serve(mut stream: TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let mut body = vec![0; headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0)];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8_lossy(&body).into_owned();
    let path = first.split(' ').nth(1).unwrap_or("/");
    let (status, more, page) = match path.split('?').next().unwrap_or(path) {
        // ada:of&"fire
        "/private" if headers.get("authorization").map(String::as_str) != Some("Basic YWRhOm9mJiJmaXJl") => {
            ("401 Unauthorized", "www-authenticate: Basic realm=\"site\"\r\n", "<title>Who?</title>".to_owned())
        }
        "/private" => {
            let more = "set-cookie: ticket=t1cket-0f-ada; Path=/; HttpOnly\r\n";
            ("200 OK", more, "<title>Private</title><p>for ada</p>".to_owned())
        }
        "/form" => {
            let form = "<title>Form</title><form method=post action=/sent><input name=user><input name=key type=password>\
                        <textarea name=note></textarea><button>Send</button></form>";
            ("200 OK", "", form.to_owned())
        }
        "/sent" => {
            let shown = body.replace('&', "&amp;").replace('<', "&lt;");
            ("200 OK", "", format!("<title>Sent</title><p class=body>{shown}</p>"))
        }
        "/drawn" => ("200 OK", "", DRAWN.to_owned()),
        "/served" => ("200 OK", "", SERVED.to_owned()),
        "/worker.js" => ("200 OK", "content-type: text/javascript\r\n", "onfetch = (event) => event;".to_owned()),
        "/plain" => ("200 OK", "", "from the site".to_owned()),
        _ => ("404 Not Found", "", "<title>Nothing</title>".to_owned()),
    };
    let length = page.len();
    let kind = if more.starts_with("content-type") { "" } else { "content-type: text/html; charset=utf-8\r\n" };
    write!(stream, "HTTP/1.1 {status}\r\n{kind}content-length: {length}\r\nconnection: close\r\n{more}\r\n{page}")
}
