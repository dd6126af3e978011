//! A reader process that was taken over by its document: it sets itself up, and then lies.

use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::process::ExitCode;

const HELLO: [u8; 7] = [16, 2, 0, 0, 0, 1, 1];
const FORMAT: [u8; 8] = [17, 3, 0, 0, 0, b't', b'x', b't'];
const DONE: [u8; 16] = [24, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/// Greets as a reader process does and answers its first document with `lie`.
pub fn main(lie: &str) -> ExitCode {
    let own = std::io::stdin().as_fd().try_clone_to_owned().unwrap();
    let socket = UnixStream::from(own);
    let mut buffer = [0; 4096];
    let mut heard = || (&socket).read(&mut buffer).unwrap();
    heard();
    (&socket).write_all(&HELLO).unwrap();
    if lie == "later" {
        heard();
        (&socket).write_all(&[&FORMAT[..], &DONE].concat()).unwrap();
    }
    if heard() > 0 {
        (&socket).write_all(&answer(lie)).unwrap();
        heard();
    }
    ExitCode::SUCCESS
}

fn answer(lie: &str) -> Vec<u8> {
    match lie {
        "length" => [&FORMAT[..], &[18, 255, 255, 255, 255]].concat(),
        "utf8" => [&FORMAT[..], &[18, 1, 0, 0, 0, 0xff]].concat(),
        "twice" => [&FORMAT[..], &DONE, &DONE].concat(),
        "path" => vec![17, 3, 0, 0, 0, b'.', b'.', b'/'],
        // Text, and then the end of a child that never began.
        "moment" => {
            let text = [18, 3, 0, 0, 0, b'x', b'y', b'z'];
            let end = [23, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
            [&FORMAT[..], &text, &end].concat()
        }
        _ => (0..=255).cycle().take(5000).collect(),
    }
}
