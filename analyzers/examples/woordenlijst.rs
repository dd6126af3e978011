//! Makes `analyzers/data/woordvormen.fst` and `groepen.txt` from hunspell's Dutch word list and the lists written by
//! hand in `analyzers/data`:
//!
//! ```text
//! apt-get download hunspell-nl && dpkg -x hunspell-nl_*.deb hunspell
//! cargo run --release -p zv-analyzers --example woordenlijst -- hunspell/usr/share/hunspell analyzers/data
//! ```
//!
//! Expands the affix rules, finds the lemmas of forms that the list has as loose words, and learns from the compounds
//! in the list which words make compounds.

#[path = "../src/compound.rs"]
#[allow(dead_code)]
mod compound;
#[path = "../src/fold.rs"]
#[allow(dead_code)]
mod fold;
#[path = "woordenlijst/hunspell.rs"]
mod hunspell;
#[path = "../src/inflect.rs"]
#[allow(dead_code)]
mod inflect;
#[path = "woordenlijst/irregular.rs"]
mod irregular;
#[path = "woordenlijst/output.rs"]
mod output;
#[path = "woordenlijst/productivity.rs"]
mod productivity;
#[path = "woordenlijst/words.rs"]
mod words;

use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(hunspell), Some(data)) = (arguments.next(), arguments.next()) else {
        return Err("usage: woordenlijst FOLDER_OF_NL_DIC FOLDER_OF_DATA".into());
    };
    let data = Path::new(&data);
    let list = hunspell::List::read(Path::new(&hunspell))?;
    let hand = words::Hand::read(data)?;
    let mut words = words::Words::new(&list, &hand);
    productivity::learn(&mut words);
    output::write(&words, data)?;
    Ok(())
}
