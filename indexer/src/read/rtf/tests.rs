//! What a reader of RTF documents notices: every word in the right letters, in order, and an honest outcome.

use proptest::prelude::*;

use super::super::testing::{Collected, input, limits, read_bytes};
use super::super::{Outcome, Reason, key};
use super::read_rtf;

/// A letter as Word writes it, shortened.
const BRIEF: &str = r#"{\rtf1\adeflang1025\ansi\ansicpg1252\uc1\deff0{\fonttbl{\f0\froman\fcharset0\fprq2{\*\panose 02020603050405020304}Times New Roman{\*\falt Times};}
{\f1\fswiss\fcharset238 Arial CE;}{\f2\fswiss\fcharset204 Arial Cyr;}{\f3\fmodern\fcharset128 MS Gothic;}}
{\colortbl;\red0\green0\blue0;}{\stylesheet{\s0 Normal;}{\*\cs10 Default Paragraph Font;}}{\*\generator Msftedit 5.41;}
{\info{\title Brief over co\'f6rdinatie}{\author Anja de Wit}{\operator Piet}{\creatim\yr2021\mo3\dy5\hr9\min7}{\revtim\yr0\mo0\dy0}
{\*\company Gemeente Waterveen}{\keywords woo, brief}}
{\header \pard\plain Gemeente Waterveen\par}{\footer\pard Pagina {\field{\*\fldinst PAGE}{\fldrslt 1}}\par}
\pard\plain\f0 Geachte mevrouw Kie\'9alowska,\par
De be\'ebindiging kost \u8364?\~1.250 \endash  zie {\field{\*\fldinst HYPERLINK "https://waterveen.example/"}{\fldrslt{\ul onze site}}}.\line Groet\'65n{\footnote\pard {\super\chftn} Zie artikel 5.1.}!\par
{\f1 \'a3\'f3d\'9f} en {\f2 \'cc\'ee\'f1\'ea\'e2\'e0} en {\f3 \'93\'fa\'96{}\'7b} en {\f0\'e9\'e9n}\par
{\trowd\cellx1000\cellx2000 Post\cell Bedrag\cell\row\trowd\cellx1000 \cell 12\cell\row}\pard
\b0 x\sub2\nosupersub : voor\deleted weg\deleted0 uit {\v geheim}{\deleted geschrapt} \{accolades\} c:\\map\par
{\*\atnid AB}{\*\atnauthor Anja Bos}\chatn{\*\annotation{\*\atndate 1}\pard klopt dit?}
{\shp{\*\shpinst\shpleft0{\sp{\sn shapeType}{\sv 202}}{\shptxt \pard kader\par}}{\shprslt{\*\do{\dptxbxtext kader}}}}
{\listtext\'b7\tab}punt{\pict\wmetafile8 0100090000}{\object{\*\objdata 0105}{\result resultaat}}\bin5 }{\x} slot\u-10179?\u-8704?
\par}"#;

fn read(rtf: impl AsRef<[u8]>) -> (Collected, Outcome) {
    let mut out = Collected::default();
    let outcome = read_rtf(&mut input("x.rtf", rtf.as_ref()), &limits(), &mut out);
    (out, outcome)
}

fn text(rtf: &str) -> String {
    let (out, outcome) = read(rtf);
    assert_eq!(outcome, Outcome::Whole, "{rtf}");
    out.rest
}

#[test]
fn a_letter_is_read_with_everything_in_it() {
    let (format, out, outcome) = read_bytes("brief.rtf", BRIEF.as_bytes());
    assert_eq!((format.as_str(), outcome), ("rtf", Outcome::Whole));
    assert_eq!(
        out.rest,
        "Geachte mevrouw Kiešlowska,\nGemeente Waterveen\nPagina 1\n\
         De beëindiging kost €\u{a0}1.250 – zie onze site.\nGroeten!\n Zie artikel 5.1.\n\
         Łódź en Москва en 日本 en één\nPost\tBedrag\n12\n\
         x: vooruit [verwijderd: weg] [verborgen: geheim] [verwijderd: geschrapt] {accolades} c:\\map\n\
         ·\tpuntresultaat slot\u{1f600}\n[opmerking van Anja Bos] klopt dit?\nkader\n"
    );
    assert!(out.pages.is_empty());
}

#[test]
fn properties_become_fields() {
    let (out, _) = read(BRIEF);
    assert_eq!(out.values(key::TITLE), ["Brief over coördinatie"]);
    assert_eq!(out.values(key::AUTHOR), ["Anja de Wit"]);
    assert_eq!(out.values(key::CREATED), ["2021-03-05T09:07:00"]);
    assert_eq!(out.values(key::KEYWORDS), ["woo, brief"]);
    assert_eq!(out.properties.len(), 4, "{:?}", out.properties);
    let (out, _) = read(
        r"{\rtf1{\info{\upr{\title ?}{\*\ud{\title \u346?l}}}}{\upr{voor ?}{\*\ud voor \u346?}}}",
    );
    assert_eq!(out.values(key::TITLE), ["Śl"]);
    assert_eq!(out.rest, "voor Ś\n");
}

#[test]
fn characters_for_old_readers_are_passed_over_as_often_as_announced() {
    assert_eq!(
        text(r"{\rtf1 \uc2\u8364 EU5{\uc0\u235 x}\u8364\'80\'805\u233\emdash xy}"),
        "€5ëx€5éy\n"
    );
    // A writer that forgets them loses no line and no other character.
    assert_eq!(text(r"{\rtf1 \u233\u235\par\u233\par a}"), "éë\né\na\n");
    assert_eq!(text(r"{\rtf1 \u-10179?x\u128512?}"), "\u{fffd}x\u{1f600}\n");
}

#[test]
fn code_pages_of_the_document_count_where_fonts_say_nothing() {
    assert_eq!(text(r"{\rtf1\ansi\ansicpg1250 \'b3}"), "ł\n");
    assert_eq!(
        text(
            r"{\rtf1\ansi\ansicpg1250\deff1{\fonttbl\f0\fcharset0 A;\f1\fcharset204 B;}\'e6{\f0\'e6}\plain\'e6{\f7\'e6}}"
        ),
        "жæжć\n"
    );
    assert_eq!(text(r"{\rtf1\mac \'8e}"), "é\n");
    assert_eq!(text(r"{\rtf1\pc \'82\'9e}"), "é₧\n");
    assert_eq!(text(r"{\rtf1\pca \'82\'9d\'ff.}"), "éØ\u{a0}.\n");
    assert_eq!(text(r"{\rtf1\ansicpg932 \'83A\'83\\}"), "アソ\n");
    assert_eq!(text("{\\rtf1\\ansicpg65001 één\tja}"), "één\tja\n");
    let (out, _) = read(b"{\\rtf1\\ansi caf\xe9}");
    assert_eq!(out.rest, "café\n");
}

#[test]
fn cells_in_cells_keep_their_rows() {
    let rtf = r"{\rtf1 kop\par\trowd\intbl{\itap2 a\nestcell{\nonesttables\par}b\nestcell{\*\nesttableprops\trowd\nestrow}{\nonesttables\par}}\cell c\cell\trowd\row na}";
    assert_eq!(text(rtf), "kop\na\tb\nc\nna\n");
}

#[test]
fn a_packed_web_page_reads_as_the_page() {
    let rtf = r"{\rtf1\ansi\fbidis\fromhtml1\deff0{\fonttbl{\f0 Arial;}}{\*\htmltag19 <html>}{\*\htmltag34 <head><style>p \{\}</style>}
{\*\htmltag64 <p class=MsoNormal>}\htmlrtf {\htmlrtf0 Beste \htmlrtf\b \htmlrtf0 {\*\htmltag84 <b>}col{\*\htmltag92 </b>}lega{\*\htmltag84 &nbsp;}\htmlrtf \'a0\htmlrtf0 ca{\*\htmltag84 &eacute;}\htmlrtf\'e9\htmlrtf0 !\htmlrtf\par}\htmlrtf0
{\*\htmltag72 </p>}{\*\mhtmltag84 <a href=x>}\par{\*\htmltag64 <p>}Groet\par Bea{\*\htmltag72 </p>}}";
    assert_eq!(text(rtf), "Beste collega caé!\nGroet Bea\n");
}

#[test]
fn a_formula_is_read_without_its_layout() {
    let rtf =
        r"{\rtf1 {\mmath{\*\moMath{\mf{\mfPr{\mctrlPr\f1}}{\mnum{\mr\mscr0 a}}{\mden{\mr b}}}}}c}";
    assert_eq!(text(rtf), "abc\n");
}

#[test]
fn a_file_that_ends_too_early_says_so_and_keeps_its_text() {
    for end in 1..BRIEF.len() {
        let (out, outcome) = read(&BRIEF.as_bytes()[..end]);
        match outcome {
            Outcome::Partial(Reason::Broken(_)) => assert!(!out.rest.is_empty(), "{end}"),
            Outcome::Unreadable(Reason::Broken(_)) => assert!(out.rest.is_empty(), "{end}"),
            other => panic!("{end}: {other:?}"),
        }
    }
    let (out, _) = read(r"{\rtf1 Besluit van het college\'e");
    assert!(out.rest.starts_with("Besluit van het college"));
}

#[test]
fn what_follows_the_document_is_no_part_of_it() {
    assert_eq!(text("{\\rtf1 a}}\0\0{b}"), "a\n");
    assert_eq!(text(r"{\rtf1}"), "");
}

#[test]
fn a_hundred_thousand_braces_cost_nothing_but_an_honest_word() {
    let deep = |open: &str, close: &str| {
        format!(
            "{{\\rtf1 voor{}midden{}na}}",
            open.repeat(100_000),
            close.repeat(100_000)
        )
    };
    let (out, outcome) = read(deep("{", "}"));
    assert_eq!(out.rest, "voormiddenna\n");
    assert!(
        matches!(outcome, Outcome::Partial(Reason::Limit(_))),
        "{outcome:?}"
    );
    // Groups without text may be as deep as they like, notes in notes may not.
    assert_eq!(text(&deep(r"{\*\x", "}")), "voorna\n");
    let (out, _) = read(deep(r"{\footnote ", "}"));
    assert!(out.rest.contains("midden"));
    let (_, outcome) = read("{\\rtf1 a".to_owned() + &"{".repeat(100_000));
    assert!(matches!(outcome, Outcome::Partial(_)), "{outcome:?}");
}

#[test]
fn text_comes_in_pieces_however_long_it_is() {
    for open in ["", r"{\deleted ", r"{\footnote ", r"{\deleted\par "] {
        let mut out = Collected {
            stop_after: Some(100_000),
            ..Collected::default()
        };
        let rtf = format!("{{\\rtf1 a{open}{}}}}}", "woord \\u235?n ".repeat(200_000));
        let outcome = read_rtf(&mut input("x.rtf", rtf.as_bytes()), &limits(), &mut out);
        assert!(
            matches!(outcome, Outcome::Partial(Reason::Limit(_))),
            "{outcome:?}"
        );
        assert!(out.rest.len() < 600_000, "{open} {}", out.rest.len());
    }
    // A character of two bytes is not cut where a piece ends.
    let rtf = format!("{{\\rtf1\\ansicpg932 a{}}}", r"\'83\'41".repeat(5000));
    assert_eq!(text(&rtf), format!("a{}\n", "ア".repeat(5000)));
}

proptest! {
    #[test]
    fn any_bytes_can_be_read(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        read(&bytes);
    }

    #[test]
    fn any_words_can_be_read(
        words in proptest::collection::vec(
            prop_oneof![
                "[{}a-z\\\\;*~ ]",
                r"\\(u|uc|bin|f|ansicpg|cell|row|par|deleted|plain|htmlrtf|yr|fromhtml)(-?[0-9]{1,11})?",
                r"\{\\\*?\\?(info|title|footnote|annotation|upr|ud|fonttbl|htmltag|pict|creatim)",
                r"\\'[0-9a-f]{2}",
            ],
            0..60,
        )
    ) {
        read(format!("{{\\rtf1{}", words.concat()));
    }

    #[test]
    fn a_flipped_byte_never_panics(at in any::<prop::sample::Index>(), byte: u8) {
        let mut bytes = BRIEF.as_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        read(&bytes);
    }

    #[test]
    fn what_is_written_is_what_is_read(words in "[a-zA-Z0-9éëï€ŁЖ日😀.,]{1,40}") {
        let mut units = [0; 2];
        let rtf: String = words
            .chars()
            .flat_map(|c| c.encode_utf16(&mut units).to_vec())
            .map(|unit| format!("\\u{}?", unit as i16))
            .collect();
        prop_assert_eq!(text(&format!("{{\\rtf1 {rtf}}}")), format!("{words}\n"));
    }
}
