//! Writes PDF files by hand: pages with text in Helvetica, and a page that is only an image (a scan). Owns
//! layout and file structure; never reads a PDF, and knows only the characters of Windows-1252.

use std::io;

use super::markup::{Block, blocks, windows_1252, without_breaks, wrap};
use super::{Text, deflate, moment};

/// Points; A4 is 595 by 842.
const LEFT: f64 = 64.0;
const TOP: f64 = 778.0;
const BOTTOM: f64 = 76.0;
/// A narrow column, so that long words are broken at the ends of lines as in real letters.
const WIDTH: f64 = 372.0;

/// Advance widths of Helvetica for 0x20 to 0x7E in thousandths of the size (Adobe's font metrics).
const ADVANCES: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// A PDF with the text on pages of A4, a footer on each, and title, author and dates in its properties.
pub fn text(text: &Text) -> io::Result<Vec<u8>> {
    let mut layout = Layout::default();
    layout.line(Font::Bold, 15.0, LEFT, text.title)?;
    layout.y -= 8.0;
    for block in blocks(text.body) {
        layout.block(&block)?;
    }
    let pages = layout.finish();
    let total = pages.len();
    let mut file = File::default();
    let streams: Vec<(Vec<u8>, String)> = pages
        .into_iter()
        .enumerate()
        .map(|(at, mut page)| {
            let footer = format!("Pagina {} van {total}", at + 1);
            show(&mut page, Font::Plain, 8.0, LEFT, 44.0, &footer)?;
            Ok((page, "/Font << /F1 5 0 R /F2 6 0 R >>".to_owned()))
        })
        .collect::<io::Result<_>>()?;
    file.pages(streams)?;
    file.finish(text)
}

/// A PDF with one page that holds nothing but a picture, as a scanner makes it: a PNG in black and white, of which the
/// packed lines are what PDF wants.
pub fn scan(text: &Text, png: &[u8]) -> io::Result<Vec<u8>> {
    let mut file = File::default();
    let page = b"q 595 0 0 842 0 0 cm /Im1 Do Q".to_vec();
    file.pages(vec![(page, "/XObject << /Im1 9 0 R >>".to_owned())])?;
    let no_png = || io::Error::other("no PNG");
    let (mut head, mut packed) = (None, Vec::new());
    let mut rest = png.get(8..).ok_or_else(no_png)?;
    while let Some((start, after)) = rest.split_first_chunk::<8>() {
        let [a, b, c, d, kind @ ..] = *start;
        let length = u32::from_be_bytes([a, b, c, d]) as usize;
        let (data, after) = after.split_at_checked(length).ok_or_else(no_png)?;
        match &kind {
            b"IHDR" => head = data.first_chunk::<8>(),
            b"IDAT" => packed.extend_from_slice(data),
            _ => {}
        }
        rest = after.get(4..).ok_or_else(no_png)?;
    }
    let [a, b, c, d, rest @ ..] = *head.ok_or_else(no_png)?;
    let (width, height) = (u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes(rest));
    let head = format!(
        "/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceGray /BitsPerComponent 1 \
         /DecodeParms << /Predictor 15 /Colors 1 /BitsPerComponent 1 /Columns {width} >>"
    );
    file.packed(&head, &packed)?;
    file.finish(text)
}

#[derive(Clone, Copy)]
enum Font {
    Plain,
    Bold,
}

/// Fills pages from top to bottom.
#[derive(Default)]
struct Layout {
    done: Vec<Vec<u8>>,
    page: Vec<u8>,
    y: f64,
}

impl Layout {
    fn block(&mut self, block: &Block) -> io::Result<()> {
        match block {
            Block::Heading(heading) => {
                self.y -= 6.0;
                self.line(Font::Bold, 12.0, LEFT, heading)?;
            }
            Block::Paragraph(running) | Block::Line(running) => {
                self.running(LEFT, running)?;
                self.y -= 6.0;
            }
            Block::Item(item) => {
                self.running(LEFT + 14.0, &format!("• {item}"))?;
                self.y -= 2.0;
            }
            Block::Row(cells) => {
                let column = WIDTH / f64::from(u16::try_from(cells.len()).unwrap_or(1).max(1));
                let mut x = LEFT;
                self.next_line(10.5);
                for cell in cells {
                    show(&mut self.page, Font::Plain, 9.5, x, self.y, cell)?;
                    x += column;
                }
            }
            Block::PageEnd => self.end_page(),
        }
        Ok(())
    }

    fn running(&mut self, x: f64, running: &str) -> io::Result<()> {
        for line in wrap(running, |line| width(line, 10.5) <= WIDTH + LEFT - x) {
            self.line(Font::Plain, 10.5, x, &line)?;
        }
        Ok(())
    }

    fn line(&mut self, font: Font, size: f64, x: f64, line: &str) -> io::Result<()> {
        self.next_line(size);
        show(&mut self.page, font, size, x, self.y, line)
    }

    fn next_line(&mut self, size: f64) {
        if self.page.is_empty() {
            self.y = TOP;
        }
        self.y -= size * 1.36;
        if self.y < BOTTOM {
            self.end_page();
            self.y = TOP - size * 1.36;
        }
    }

    fn end_page(&mut self) {
        self.done.push(std::mem::take(&mut self.page));
    }

    fn finish(mut self) -> Vec<Vec<u8>> {
        if !self.page.is_empty() {
            self.end_page();
        }
        self.done
    }
}

/// The width of a line in points. Letters beyond ASCII count as an average letter.
fn width(line: &str, size: f64) -> f64 {
    let units: u32 = line
        .chars()
        .map(|letter| {
            (letter as usize)
                .checked_sub(0x20)
                .and_then(|at| ADVANCES.get(at))
                .copied()
                .unwrap_or(556)
        })
        .map(u32::from)
        .sum();
    f64::from(units) * size / 1000.0
}

/// Appends the operators that show one line.
fn show(page: &mut Vec<u8>, font: Font, size: f64, x: f64, y: f64, line: &str) -> io::Result<()> {
    let name = match font {
        Font::Plain => "F1",
        Font::Bold => "F2",
    };
    page.extend(format!("BT /{name} {size} Tf 1 0 0 1 {x:.1} {y:.1} Tm (").bytes());
    let line = without_breaks(line);
    let letters = windows_1252(&line)
        .ok_or_else(|| io::Error::other(format!("not in Windows-1252: {line}")))?;
    for letter in letters {
        if matches!(letter, b'(' | b')' | b'\\') {
            page.push(b'\\');
        }
        page.push(letter);
    }
    page.extend(b") Tj ET\n");
    Ok(())
}

/// The numbered objects of a PDF file; the first is object 1.
#[derive(Default)]
struct File {
    objects: Vec<Vec<u8>>,
}

impl File {
    /// Objects 1 to 6 (catalogue, page tree, an unused one that keeps numbers fixed, properties, two
    /// fonts), then for each page the page and its content. `finish` fills in the properties.
    fn pages(&mut self, pages: Vec<(Vec<u8>, String)>) -> io::Result<()> {
        let kids: Vec<String> = (0..pages.len())
            .map(|at| format!("{} 0 R", 7 + 2 * at))
            .collect();
        let font = |name: &str| {
            format!(
                "<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>"
            )
        };
        let fixed = [
            "<< /Type /Catalog /Pages 2 0 R /Lang (nl-NL) /ViewerPreferences 3 0 R >>".to_owned(),
            format!(
                "<< /Type /Pages /Count {} /Kids [{}] >>",
                kids.len(),
                kids.join(" ")
            ),
            "<< /DisplayDocTitle true >>".to_owned(),
            String::new(),
            font("Helvetica"),
            font("Helvetica-Bold"),
        ];
        self.objects.extend(fixed.map(String::into_bytes));
        for (content, resources) in pages {
            let number = self.objects.len() + 2;
            let page = format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << {resources} >> /Contents {number} 0 R >>"
            );
            self.objects.push(page.into_bytes());
            self.stream("", &content)?;
        }
        Ok(())
    }

    fn stream(&mut self, head: &str, content: &[u8]) -> io::Result<()> {
        self.packed(head, &deflate(content)?)
    }

    /// A stream that is packed already.
    fn packed(&mut self, head: &str, packed: &[u8]) -> io::Result<()> {
        let mut object = format!(
            "<< {head} /Filter /FlateDecode /Length {} >>\nstream\n",
            packed.len()
        )
        .into_bytes();
        object.extend(packed);
        object.extend(b"\nendstream");
        self.objects.push(object);
        Ok(())
    }

    fn finish(mut self, text: &Text) -> io::Result<Vec<u8>> {
        let date = moment(text.date)?.strftime("D:%Y%m%d%H%M%SZ").to_string();
        let properties = format!(
            "<< /Title {} /Author {} /Producer (Waterveen Kantoor) /CreationDate ({date}) /ModDate ({date}) >>",
            words(text.title),
            words(text.author)
        );
        if let Some(object) = self.objects.get_mut(3) {
            *object = properties.into_bytes();
        }
        let mut out = b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n".to_vec();
        let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", self.objects.len() + 1);
        for (at, object) in self.objects.iter().enumerate() {
            table.push_str(&format!("{:010} 00000 n \n", out.len()));
            out.extend(format!("{} 0 obj\n", at + 1).bytes());
            out.extend(object);
            out.extend(b"\nendobj\n");
        }
        let start = out.len();
        let size = self.objects.len() + 1;
        out.extend(table.bytes());
        out.extend(
            format!(
                "trailer\n<< /Size {size} /Root 1 0 R /Info 4 0 R >>\nstartxref\n{start}\n%%EOF\n"
            )
            .bytes(),
        );
        Ok(out)
    }
}

/// A property as UTF-16 in hexadecimal, the one form that every reader takes for every letter.
fn words(text: &str) -> String {
    let units: String = text
        .encode_utf16()
        .map(|unit| format!("{unit:04X}"))
        .collect();
    format!("<FEFF{units}>")
}
