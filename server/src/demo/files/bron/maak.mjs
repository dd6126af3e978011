// Maakt de bestanden van Office die een container van OLE zijn, en de twee rekenbladen; zie README.md.
// Gebruik: node bron/maak.mjs (in de map erboven), met de pakketten cfb en xlsx (SheetJS 0.18.5).
import { createRequire } from "node:module";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const require = createRequire(`${process.cwd()}/`);
const CFB = require("cfb");
const XLSX = require("xlsx");
const OUD = "Overgenomen van Riedhaven";
const BAD = "Projecten/Zwembad De Otter";

function put(path, bytes) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

/** De eigenschappen van een document: titel, onderwerp en maker, zoals Office ze bewaart. */
function summary(title, subject, author) {
  const values = [[1, Buffer.from([2, 0, 0, 0, 0xe4, 4, 0, 0])]];
  for (const [id, text] of [[2, title], [3, subject], [4, author]]) {
    const bytes = Buffer.from(`${text}\0`, "latin1");
    const value = Buffer.alloc(8 + Math.ceil(bytes.length / 4) * 4);
    value.writeUInt32LE(30, 0);
    value.writeUInt32LE(bytes.length, 4);
    bytes.copy(value, 8);
    values.push([id, value]);
  }
  const table = Buffer.alloc(8 + values.length * 8);
  let at = table.length;
  values.forEach(([id, value], row) => {
    table.writeUInt32LE(id, 8 + row * 8);
    table.writeUInt32LE(at, 12 + row * 8);
    at += value.length;
  });
  table.writeUInt32LE(at, 0);
  table.writeUInt32LE(values.length, 4);
  const head = Buffer.alloc(48);
  head.writeUInt16LE(0xfffe, 0);
  head.writeUInt32LE(1, 24);
  Buffer.from("e0859ff2f94f6810ab9108002b27b3d9", "hex").copy(head, 28);
  head.writeUInt32LE(48, 44);
  return Buffer.concat([head, table, ...values.map(([, value]) => value)]);
}

function ole(path, streams) {
  const file = CFB.utils.cfb_new();
  for (const [name, bytes] of streams) CFB.utils.cfb_add(file, name, bytes);
  CFB.utils.cfb_del(file, "/\u0001Sh33tJ5");
  put(path, CFB.write(file, { type: "buffer" }));
}

function publication(text) {
  const wide = Buffer.from(text, "utf16le");
  const quill = Buffer.alloc(600);
  quill.write("CHNKINK ", 0, "latin1");
  quill.writeUInt16LE(0x18, 0x20);
  quill.write("TEXT", 0x22, "latin1");
  quill.write("TEXT", 0x2c, "latin1");
  quill.writeUInt32LE(600, 0x30);
  quill.writeUInt32LE(wide.length, 0x34);
  return Buffer.concat([quill, wide]);
}

const own = (...words) => ["/\u0005SummaryInformation", summary(...words)];
ole(`${OUD}/Zwembad 1998/Folder De Otter.pub`, [
  own("Folder zwembad De Otter", "seizoen 1998", "Wietske Nauta"),
  ["/Quill/QuillSub/CONTENTS", publication("Kom zwemmen in De Otter\rZaterdag is de discozwemavond, met rookmachine en gratis ranja.\r")],
]);
ole(`${OUD}/Tekeningen/Organogram secretarie.vsd`, [
  own("Organogram secretarie Riedhaven", "bezetting 1 mei 2004", "Klaas Terpstra"), ["/VisioDocument", Buffer.alloc(64)],
]);
ole(`${OUD}/Zwembad 1998/Planning verbouwing.mpp`, [
  own("Planning verbouwing kleedgebouw", "De Otter", "Klaas Terpstra"), ["/Props9", Buffer.alloc(64)],
]);
ole(`${OUD}/Works/BRIEF01.WPS`, [own("Brief aan de visclub", "", "Sjoerd Haan"), ["/MatOST", Buffer.alloc(64)]]);

const rows = XLSX.utils.aoa_to_sheet([
  ["Post", "2024", "2025"], ["Entreegelden", 412000, 455000], ["Chloor en zoutzuur", 18500, 19200], ["Bijdrage schoolzwemmen", 61000, 61000],
]);
const book = XLSX.utils.book_new();
XLSX.utils.book_append_sheet(book, rows, "Exploitatie");
book.Props = { Title: "Exploitatie zwembad De Otter", Author: "Jorrit Brandsma", CreatedDate: new Date("2024-01-30T10:00:00Z") };
put(`${BAD}/Exploitatie zwembad.xlsb`, XLSX.write(book, { bookType: "xlsb", type: "buffer", compression: true }));
