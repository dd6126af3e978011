//! Shows what a description of an export (MDTO, ToPX, OPEX, Alfresco, METS, PREMIS) says, as the indexer understands it:
//! `cargo run --example beschrijving FILE …`. For looking at files of others by hand.
#![allow(clippy::expect_used)]

fn main() {
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path).expect("a file");
        let text = zv_indexer::read::text_in_memory(&bytes).expect("text");
        println!("{path}");
        match zv_indexer::dms::describe(&text) {
            None => println!("  geen beschrijving"),
            Some(facts) => {
                for (key, value) in facts.properties {
                    println!("  {key}: {}", value.replace('\u{1f}', " | "));
                }
            }
        }
    }
}
