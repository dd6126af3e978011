//! Tests of the reader of web pages.

use proptest::prelude::*;

use super::super::testing::read_bytes;
use super::*;

#[test]
fn a_page_becomes_lines_cells_and_properties() {
    let page = r#"<!DOCTYPE html><html><head><title>Besluit
          op  bezwaar</title><meta name="Author" content="A. de Vries"><meta name="DCTERMS.modified" content="2021-06-30">
          <meta property="og:description" content="Kort"><style>p { color: red }</style></head>
          <body><h1>Kop</h1><p>Een <b>be</b>sluit van de
          <abbr title="Wet open overheid">Woo</abbr>-jurist.<p>Twee<br>drie
          <script>var x = "niet zichtbaar</p>";</script><noscript>zonder script</noscript>
          <table><tr><th>Naam<th>Plaats</tr><tr><td>Jan</td><td>Den Haag</td></tr></table>
          <img src=a.png alt="foto van het pand"><pre>a
  b</pre><iframe srcdoc="&lt;p>binnen&lt;/p>buiten"></iframe>caf&eacute; &#8364;</body></html>"#;
    let (format, out, outcome) = read_bytes("x.htm", page.as_bytes());
    assert_eq!((format.as_str(), outcome), ("html", Outcome::Whole));
    assert_eq!(
        out.rest,
        "Kop\nEen besluit van de Woo-jurist.\nWet open overheid\nTwee\ndrie\nzonder script\nNaam\tPlaats\nJan\tDen Haag\n\
         foto van het pand\na\nb\nbinnen\nbuiten\ncafé €\n"
    );
    assert_eq!(out.values(key::TITLE), ["Besluit op bezwaar"]);
    assert_eq!(out.values(key::AUTHOR), ["A. de Vries"]);
    assert_eq!(out.values(key::MODIFIED), ["2021-06-30"]);
    assert_eq!(out.values(key::DESCRIPTION), ["Kort"]);
}

#[test]
fn the_number_of_a_note_does_not_hide_the_word_beside_it() {
    let page = "<p>De kade<sup>1</sup> is 40 m<sup>2</sup>, op de 1<sup>e</sup> rij.<p><sup>1</sup>Volgens <i>meting</i>";
    assert_eq!(
        read_bytes("x.html", format!("<html><body>{page}").as_bytes())
            .1
            .rest,
        "De kade 1 is 40 m2, op de 1e rij.\n1 Volgens meting\n"
    );
}

#[test]
fn the_encoding_that_a_page_claims_counts_unless_it_is_utf8_after_all() {
    let page = "<html><head><meta http-equiv=Content-Type content=\"text/html; charset=iso-8859-1\"></head>geïnd";
    let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(page);
    assert_eq!(read_bytes("x.html", &bytes).1.rest, "geïnd\n");
    assert_eq!(read_bytes("x.html", page.as_bytes()).1.rest, "geïnd\n");
    let greek = "<html><meta charset='iso-8859-7'>λόγος";
    let (bytes, _, _) = encoding_rs::ISO_8859_7.encode(greek);
    assert_eq!(read_bytes("x.html", &bytes).1.rest, "λόγος\n");
}

#[test]
fn sentences_in_comments_come_at_the_end_and_conditions_do_not() {
    let page = "<html><body><!--[if mso]><p>alleen voor oude programma's van Microsoft</p><![endif]-->\
        <p>Het <!-- Jan: dit bedrag mag niet naar buiten! -->bedrag</p><!-- einde menu -->\
        <!-- <p>De wethouder wil dit <b>niet</b> in de brief.</p> --><!-- if (a) { sluit(); } else { open(); } -->\
        <script><!-- dit is een script van de website --></script><p>is hoog</body></html>";
    assert_eq!(
        read_bytes("x.html", page.as_bytes()).1.rest,
        "Het bedrag\nis hoog\n[opmerking in de HTML: Jan: dit bedrag mag niet naar buiten!]\n\
         [opmerking in de HTML: De wethouder wil dit niet in de brief.]\n"
    );
    // A comment in a comment that was taken out with it, again and again.
    let deep = format!(
        "<html>x{}",
        "<!--<p>een zin van vijf woorden".repeat(20_000)
    );
    assert!(
        read_bytes("x.html", deep.as_bytes())
            .1
            .rest
            .starts_with("x\n")
    );
}

#[test]
fn depth_and_size_do_not_matter() {
    let deep = format!("<html>{}kern", "<div><b><table><tr><td>".repeat(60_000));
    assert_eq!(read_bytes("x.html", deep.as_bytes()).1.rest, "kern\n");
    let nested = (0..8).fold("diep".to_owned(), |inner, _| {
        format!(
            "<iframe srcdoc=\"{}\"></iframe>",
            inner.replace('&', "&amp;").replace('"', "&quot;")
        )
    });
    assert_eq!(visible_text(&nested), "");
    let wide: String = (0..40_000).map(|i| format!("<p>woord{i}</p>")).collect();
    let text = read_bytes("x.html", format!("<html>{wide}").as_bytes())
        .1
        .rest;
    assert_eq!(text.lines().count(), 40_000);
    assert!(text.ends_with("woord39999\n"));
}

#[test]
fn a_script_in_a_drawing_may_close_itself() {
    assert_eq!(
        visible_text("<svg><style/><text>As</text></svg> daarna"),
        "As\ndaarna\n"
    );
}

proptest! {
    #[test]
    fn any_page_can_be_read(page in "(<(/|)(p|td|script|title|svg|template|iframe|pre|a|b)( alt=x| srcdoc=<p>|)(/|)>|woord| |&amp;|\n|<!--|-->|\\PC){0,40}") {
        visible_text(&page);
    }

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut page = b"<html>".to_vec();
        page.extend_from_slice(&bytes);
        read_bytes("x.html", &page);
    }
}
