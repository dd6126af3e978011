import com.healthmarketscience.jackcess.*;
import java.io.File;

/** Maakt de twee gegevensbanken van Access; zie README.md. */
public class Ligplaatsen {
    static void make(String path, Database.FileFormat format, String table, String[] columns, String[][] rows) throws Exception {
        try (Database db = DatabaseBuilder.create(format, new File(path))) {
            TableBuilder builder = new TableBuilder(table);
            for (String column : columns) builder.addColumn(new ColumnBuilder(column, DataType.TEXT));
            Table made = builder.toTable(db);
            for (String[] row : rows) made.addRow((Object[]) row);
        }
    }

    public static void main(String[] args) throws Exception {
        make("ligplaatsen.mdb", Database.FileFormat.V2000, "Ligplaatsen", new String[] {"Nummer", "Naam", "Opmerking"}, new String[][] {
            {"L-07", "Tjalk De Goede Verwachting", "betaalt sinds 2002 in natura met paling"},
            {"L-12", "Woonark Zuideinde", "geen riolering, wel drinkwater"}});
        make("abonnementen.accdb", Database.FileFormat.V2010, "Abonnementen", new String[] {"Soort", "Houder", "Opmerking"}, new String[][] {
            {"Jaar", "Zwemclub De Otter", "drie banen op woensdag, waterpolo in het diepe bad"},
            {"Rolstoel", "Stichting Meedoen", "tillift reserveren bij de receptie"}});
    }
}
