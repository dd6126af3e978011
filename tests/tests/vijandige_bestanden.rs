//! As a keeper of archives I meet files that were made to harm, or that no parser survives. Each costs that one file,
//! with the true reason in the account; everything beside it is found.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on must stop, with the place"
)]

use std::fs;
use zv_tests::archive::{Numbers, put, text as words, zip};
use zv_tests::program::{Program, adds_up, number, text};

/// What a reader is told to do, and what the account must say of it.
const FAULTS: &[(&str, &str)] = &[
    ("hang", "langer dan 3 seconden"),
    ("spin", "langer dan 3 seconden"),
    ("oom", "werkgeheugen"),
    ("exit 7", "code 7"),
    ("exit 0", "stopte onverwacht"),
    ("crash", "liep vast"),
    ("overflow", "te diep genest"),
    ("panic", "lezer"),
    ("half", "liep vast"),
    ("socket", "niet mag"),
    ("write", "geweigerd"),
    ("look", "geweigerd"),
    ("run", "geweigerd"),
];

#[test]
fn each_fault_costs_one_file_and_the_neighbours_are_in() {
    // Only a debug build obeys these documents: a reader that does real harm on command does not belong in a release.
    let program = Program::new().with("ZOEKENVIND_TEST_LEZER", "1");
    fs::create_dir_all(program.state()).unwrap();
    let settings =
        "[inlezen]\nlezer_seconden = 3\nlezer_geheugen = 805306368\ntekst_bytes = 3000000\n";
    fs::write(program.state().join("zoekenvind.toml"), settings).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for (at, (fault, _)) in FAULTS.iter().enumerate() {
        put(
            root,
            &format!("{at:02} fout {fault}.txt"),
            format!("zv-proef {fault}\n"),
        );
        put(
            root,
            &format!("{at:02} buur voor.txt"),
            "Een gewone buurman over de dijkverzwaring.",
        );
        put(
            root,
            &format!("{at:02} buur na.txt"),
            "Nog een gewone buurman over de dijkverzwaring.",
        );
    }
    put(root, "groeit.txt", "zv-proef grow\n");
    put(
        root,
        "in een zip.zip",
        zip(&[
            ("slecht.txt", b"zv-proef crash\n"),
            (
                "goed.txt",
                b"Een lid over de dijkverzwaring naast een slecht lid.",
            ),
        ]),
    );
    let neighbours = 2 * FAULTS.len() as u64;
    let files = neighbours + FAULTS.len() as u64 + 2;

    let account = program.index_with(root, &["--onleesbaar"]).ok().json();
    adds_up(&account, files);
    let list = account["onleesbare_bestanden"].as_array().unwrap();
    let mut wrong = Vec::new();
    for (fault, reason) in FAULTS {
        let mut lines = list
            .iter()
            .filter(|line| text(line, "pad").contains(&format!("fout {fault}.txt")));
        // What had given text before it stopped may count as partly read.
        let told = lines
            .next()
            .map(|line| text(line, "reden"))
            .unwrap_or_else(|| {
                let found = program.search_with(
                    "",
                    &["--filter", "leesbaarheid=gedeeltelijk", "--max", "100"],
                );
                let hits = found["resultaten"].as_array().unwrap().clone();
                let hit = hits
                    .iter()
                    .find(|hit| text(hit, "pad").contains(&format!("fout {fault}.txt")));
                text(
                    hit.unwrap_or_else(|| panic!("{fault} left no trace in {list:#?}")),
                    "reden",
                )
            });
        if !told.contains(reason) {
            wrong.push(format!("{fault}: {told}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(program.total("dijkverzwaring"), neighbours + 1);
    assert_eq!(
        program.total("eindeloos"),
        1,
        "what came before the limit can be found"
    );
    assert!(number(&account, "gedeeltelijk") >= 1, "{account:#}");
    assert_eq!(number(&account["kinderen"], "onleesbaar"), 1, "{account:#}");

    // They are findable by name, and a second run gives the same account without new damage.
    assert_eq!(program.total("titel:overflow OF pad:overflow"), 1);
    let again = program.index(root);
    adds_up(&again, files);
    assert_eq!(number(&again, "onleesbaar"), number(&account, "onleesbaar"));
    assert_eq!(number(&again, "documenten"), number(&account, "documenten"));
}

#[test]
fn a_bomb_and_a_labyrinth_of_zips_end_at_a_visible_limit() {
    let program = Program::new();
    fs::create_dir_all(program.state()).unwrap();
    let settings = "[inlezen]\nonderdelen = 500\nonderdelen_bytes = 50000000\nonderdelen_diepte = 4\n\
                    onderdelen_verhouding = 100\n";
    fs::write(program.state().join("zoekenvind.toml"), settings).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    put(
        root,
        "bom.zip",
        zip(&[("nullen.txt", &vec![b' '; 60_000_000])]),
    );
    let names: Vec<String> = (0..600).map(|at| format!("lid {at}.txt")).collect();
    let many: Vec<(&str, &[u8])> = names
        .iter()
        .map(|name| (name.as_str(), b"Een lid over grondwater.".as_slice()))
        .collect();
    put(root, "veel.zip", zip(&many));
    let mut nested = zip(&[("kern.txt", b"De kern over kwelwater.")]);
    for depth in 0..8 {
        nested = zip(&[(&format!("laag {depth}.zip"), &nested)]);
    }
    put(root, "diep.zip", nested);
    put(
        root,
        "gewoon.txt",
        words(&mut Numbers::new(5), 50) + " dijkverzwaring",
    );

    let account = program.index_with(root, &["--onleesbaar"]).ok().json();
    adds_up(&account, 4);
    assert_eq!(program.total("dijkverzwaring"), 1);
    assert_eq!(program.total("grondwater"), 500);
    assert_eq!(program.total("kwelwater"), 0);
    let limited = program.search_with(
        "",
        &[
            "--filter",
            "leesbaarheid=gedeeltelijk",
            "--filter",
            "leesbaarheid=onleesbaar",
            "--max",
            "100",
        ],
    );
    let hits = limited["resultaten"].as_array().unwrap();
    for name in ["bom.zip", "veel.zip", "diep.zip"] {
        let reasons: Vec<String> = hits
            .iter()
            .filter(|hit| text(hit, "pad").starts_with(name))
            .map(|hit| text(hit, "reden"))
            .collect();
        assert!(
            reasons
                .iter()
                .any(|reason| reason.contains("grens bereikt")),
            "{name}: {reasons:?}"
        );
    }
}
