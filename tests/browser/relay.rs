//! A way to a WebDriver server from which the browser's own debugger cannot be reached, as from another machine.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

/// Relays to the server on `port` for as long as the program lives; the port of the relay.
pub fn start(port: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let own = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for near in listener.incoming().flatten() {
            let far = TcpStream::connect(("127.0.0.1", port)).unwrap();
            let (near_back, far_back) = (near.try_clone().unwrap(), far.try_clone().unwrap());
            thread::spawn(move || pass(near, far, |_| {}));
            thread::spawn(move || pass(far_back, near_back, misplace));
        }
    });
    own
}

fn pass(mut from: TcpStream, mut to: TcpStream, change: fn(&mut [u8])) {
    let mut piece = [0; 65536];
    while let Ok(n @ 1..) = from.read(&mut piece) {
        change(&mut piece[..n]);
        if to.write_all(&piece[..n]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

/// Makes the debugger's address one where nobody listens, in as many bytes.
fn misplace(piece: &mut [u8]) {
    let name = b"\"debuggerAddress\":\"localhost:";
    let Some(at) = piece.windows(name.len()).position(|window| window == name) else { return };
    let digits: Vec<usize> = (at + name.len()..piece.len()).take_while(|i| piece[*i].is_ascii_digit()).collect();
    for (i, place) in digits.iter().enumerate() {
        piece[*place] = if i + 1 == digits.len() { b'1' } else { b'0' };
    }
}
