//! Documents that misbehave on command, so that tests see what becomes of each fault. Only in debug builds,
//! and only when the parent asks for it at the start of the process. Never reads a real document.

use std::io::{self, Read, Seek};
use std::net::UdpSocket;
use std::time::Duration;

use crate::read::{Input, Outcome, Output, Reason, Stop};

/// How such a document starts; a command follows.
pub const MAGIC: &str = "zv-proef ";

/// The first line of `input`, if it is such a document; else `input` is back at its start.
pub fn command(input: &mut Input) -> io::Result<Option<String>> {
    let mut start = Vec::new();
    (&input.file).take(64).read_to_end(&mut start)?;
    input.file.rewind()?;
    let line = start
        .split(|&byte| byte == b'\n')
        .next()
        .unwrap_or_default();
    let line = String::from_utf8_lossy(line).into_owned();
    Ok(line.starts_with(MAGIC).then_some(line))
}

/// Does what `command` says.
pub fn read(command: &str, output: &mut dyn Output) -> Outcome {
    let (verb, number) = command.split_once(' ').unwrap_or((command, ""));
    match verb {
        "hang" => loop {
            std::thread::sleep(Duration::from_secs(1));
        },
        "spin" => loop {
            std::hint::spin_loop();
        },
        "oom" => eat_memory(),
        "exit" => leave(number.parse().unwrap_or(1)),
        "crash" => std::process::abort(),
        "overflow" => Outcome::Partial(Reason::Other(nest(u64::MAX).to_string())),
        "grow" => told(grow(output)),
        "half" => {
            let _going = output.text("eerste helft");
            std::process::abort()
        }
        "halves" => {
            let _going = output.text(&"eerste helft ".repeat(20_000));
            std::process::abort()
        }
        "large" => {
            // Small pieces come from the heap, which stays with the process.
            let pieces: Vec<_> = (0..400_000).map(|_| vec![1_u8; 1000]).collect();
            std::mem::forget(pieces);
            told(output.text(&"groot ".repeat(200_000)))
        }
        "panic" => panic!("asked for"),
        "socket" => refused(UdpSocket::bind("127.0.0.1:0").map(drop)),
        "write" => refused(std::fs::write("/tmp/zoekenvind-proef", "x")),
        "look" => refused(std::fs::read("/etc/passwd").map(drop)),
        "run" => refused(std::process::Command::new("/bin/true").status().map(drop)),
        "threads" => told(threads(output)),
        "fill" => told(output.text(&"v".repeat(number.parse().unwrap_or(0)))),
        "slow" => {
            std::thread::sleep(Duration::from_millis(number.parse().unwrap_or(0)));
            told(output.text("langzaam"))
        }
        "members" => told(members(number.parse().unwrap_or(0), output)),
        _ => told(output.text(verb)),
    }
}

fn told(result: Result<(), Stop>) -> Outcome {
    result.map_or_else(|stop| Outcome::Partial(stop.0), |()| Outcome::Whole)
}

fn refused(attempt: io::Result<()>) -> Outcome {
    match attempt {
        Ok(()) => Outcome::Whole,
        Err(error) => Outcome::Unreadable(Reason::Other(format!("geweigerd: {:?}", error.kind()))),
    }
}

fn eat_memory() -> Outcome {
    let mut eaten = Vec::new();
    loop {
        eaten.push(vec![1_u8; 16 * 1024 * 1024]);
        std::hint::black_box(&eaten);
    }
}

#[allow(clippy::exit)] // What a C library does to its caller on a bad day.
fn leave(code: i32) -> ! {
    std::process::exit(code)
}

fn nest(depth: u64) -> u64 {
    let frame = std::hint::black_box([depth; 64]);
    if depth == 0 {
        0
    } else {
        nest(depth - 1) + frame[1]
    }
}

fn grow(output: &mut dyn Output) -> Result<(), Stop> {
    let text = "eindeloos ".repeat(1000);
    loop {
        output.text(&text)?;
    }
}

fn threads(output: &mut dyn Output) -> Result<(), Stop> {
    let sum: u32 = std::thread::scope(|scope| {
        let all: Vec<_> = (0..4).map(|number| scope.spawn(move || number)).collect();
        all.into_iter().filter_map(|one| one.join().ok()).sum()
    });
    output.text(&format!("som {sum}"))
}

fn members(count: u32, output: &mut dyn Output) -> Result<(), Stop> {
    for number in 0..count {
        output.begin_child(&format!("lid{number}.txt"), "")?;
        output.child_bytes(format!("inhoud {number}").as_bytes())?;
        output.end_child(None)?;
    }
    Ok(())
}
