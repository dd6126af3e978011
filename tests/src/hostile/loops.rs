//! PDFs whose objects point back at themselves, or lie deeper in each other than any stack is.

/// A file of these objects, numbered from 1; the first is the catalogue. `trailer` is added to the trailer.
fn pdf(objects: &[String], trailer: &str) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (at, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.extend(format!("{} 0 obj\n{object}\nendobj\n", at + 1).bytes());
    }
    let start = file.len();
    let size = objects.len() + 1;
    let end = trailer.replace("BEGIN", &start.to_string());
    file.extend(
        format!(
            "{table}trailer\n<< /Size {size} /Root 1 0 R {end} >>\nstartxref\n{start}\n%%EOF\n"
        )
        .bytes(),
    );
    file
}

fn stream(dictionary: &str, content: &str) -> String {
    format!(
        "<< /Length {} {dictionary} >>\nstream\n{content}\nendstream",
        content.len()
    )
}

/// One page with a text, and what the catalogue, the page and further objects (from 6) say besides.
fn page(catalogue: &str, page: &str, more: &[String], trailer: &str) -> Vec<u8> {
    let mut objects = vec![
        format!("<< /Type /Catalog /Pages 2 0 R {catalogue} >>"),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 5 0 R >> >> /Contents 4 0 R {page} >>"
        ),
        stream(
            "",
            "BT /F 12 Tf 72 700 Td (Kringloop over de dijkverzwaring) Tj ET",
        ),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    objects.extend_from_slice(more);
    pdf(&objects, trailer)
}

/// Loops: name, bytes, and whether the text of the page can be had in spite of the loop.
pub fn cyclic_pdfs() -> Vec<(&'static str, Vec<u8>)> {
    let own = |texts: &[&str]| {
        texts
            .iter()
            .map(|text| (*text).to_owned())
            .collect::<Vec<_>>()
    };
    let kids = own(&[
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [2 0 R 3 0 R 2 0 R] /Count 3 >>",
        "<< /Type /Pages /Parent 2 0 R /Kids [2 0 R 3 0 R] /Count 2000000000 >>",
    ]);
    let parents = own(&[
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Parent 3 0 R /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 3 0 R /Contents 4 0 R >>",
        "<< /Length 4 0 R >>\nstream\nBT (kring) Tj ET\nendstream",
    ]);
    let names = "/Names << /EmbeddedFiles 6 0 R /Dests 6 0 R >>";
    let tree = own(&[
        "<< /Kids [6 0 R 7 0 R] >>",
        "<< /Kids [6 0 R] /Limits [(a) (z)] >>",
    ]);
    let outline = own(&[
        "<< /Type /Outlines /First 7 0 R /Last 7 0 R /Count 9 >>",
        "<< /Title (kop) /Parent 7 0 R /First 7 0 R /Next 7 0 R /Prev 7 0 R >>",
    ]);
    let form = own(&["<< /FT /Tx /T (veld) /V (waarde) /Parent 6 0 R /Kids [6 0 R] >>"]);
    let drawn = vec![stream(
        "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >>",
        "q /X Do /X Do Q",
    )];
    let font = own(&[
        "<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H /DescendantFonts 6 0 R /ToUnicode 6 0 R >>",
        "[7 0 R]",
    ]);
    let held = vec![stream(
        "/Type /ObjStm /N 2 /First 8 /Extends 6 0 R",
        "6 0 7 3 6 0 R 7 0 R",
    )];
    let value = own(&["7 0 R", "6 0 R"]);
    vec![
        ("kinderen.pdf", pdf(&kids, "")),
        ("ouders.pdf", pdf(&parents, "")),
        ("vorige.pdf", page("", "", &[], "/Prev BEGIN")),
        ("namen.pdf", page(names, "", &tree, "")),
        ("bladwijzers.pdf", page("/Outlines 6 0 R", "", &outline, "")),
        (
            "velden.pdf",
            page(
                "/AcroForm << /Fields [6 0 R] >>",
                "/Annots [6 0 R 6 0 R]",
                &form,
                "",
            ),
        ),
        (
            "tekening.pdf",
            page(
                "",
                "/Resources << /XObject << /X 6 0 R >> >> /Contents 6 0 R",
                &drawn,
                "",
            ),
        ),
        (
            "lettertype.pdf",
            page("", "/Resources << /Font << /F 6 0 R >> >>", &font, ""),
        ),
        ("stroom.pdf", page("", "/Annots 7 0 R", &held, "")),
        (
            "verwijzing.pdf",
            page(
                "/Metadata 6 0 R /Names 6 0 R",
                "/Annots 6 0 R /Rotate 7 0 R",
                &value,
                "/Info 6 0 R",
            ),
        ),
        ("tabel.pdf", crossing()),
    ]
}

/// A cross-reference stream that says it is itself in an object stream, which is in itself.
fn crossing() -> Vec<u8> {
    let mut file = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n".to_vec();
    let start = file.len();
    let entries: [&[u8]; 4] = [&[0, 0, 0, 0], &[1, 0, 9, 0], &[2, 0, 3, 0], &[2, 0, 3, 0]];
    let content = entries.concat();
    file.extend(
        format!(
            "4 0 obj\n<< /Type /XRef /Size 4 /W [1 2 1] /Root 1 0 R /Prev {start} /Length {} >>\nstream\n",
            content.len()
        )
        .bytes(),
    );
    file.extend(content);
    file.extend(format!("\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n").bytes());
    file
}

/// Depth: lists in lists, dictionaries in dictionaries, a page tree and saved states in the content.
pub fn deep_pdfs(levels: usize) -> Vec<(&'static str, Vec<u8>)> {
    let lists = format!("/Diep {}{}", "[".repeat(levels), "]".repeat(levels));
    let dictionaries = format!("/Diep {}1{}", "<</A ".repeat(levels), ">>".repeat(levels));
    let open = format!("/Diep {}", "[".repeat(levels));
    let content = stream(
        "",
        &format!("{} BT /F 12 Tf (dijkverzwaring) Tj ET", "q ".repeat(levels)),
    );
    let marked = stream(
        "",
        &format!(
            "/P {} BDC BT /F 12 Tf (dijkverzwaring) Tj ET",
            "<</A ".repeat(levels)
        ),
    );
    let mut tree = vec!["<< /Type /Catalog /Pages 2 0 R >>".to_owned()];
    let depth = levels.min(20_000);
    tree.extend((0..depth).map(|at| format!("<< /Type /Pages /Kids [{} 0 R] /Count 1 >>", at + 3)));
    tree.push(format!(
        "<< /Type /Page /Parent {} 0 R /MediaBox [0 0 9 9] >>",
        depth + 1
    ));
    vec![
        ("lijsten.pdf", page("", &lists, &[], "")),
        ("open lijsten.pdf", page("", &open, &[], "")),
        ("woordenboeken.pdf", page("", &dictionaries, &[], "")),
        ("lijsten in het slot.pdf", page("", "", &[], &lists)),
        (
            "toestanden.pdf",
            page("", "/Contents 6 0 R", &[content], ""),
        ),
        ("merken.pdf", page("", "/Contents 6 0 R", &[marked], "")),
        ("paginaboom.pdf", pdf(&tree, "")),
    ]
}
