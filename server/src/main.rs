//! The one program of Zoek & Vind. Owns its arguments; everything else stands in the modules.

mod demo;

fn main() -> std::io::Result<()> {
    match std::env::args_os().nth(1) {
        Some(dir) => demo::write(dir.as_ref()),
        None => Ok(()),
    }
}
