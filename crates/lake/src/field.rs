//! What a column can mean, and the names under which shops and tills write it.

use std::{fmt, str::FromStr};

/// The meaning of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// Who bought: the shop's own number of the customer.
    Customer,
    /// The order that a line belongs to.
    Order,
    /// The line's own number within the order.
    Line,
    /// When it happened.
    Time,
    /// What was paid for the line, in the currency's minor units.
    Amount,
    /// Price of one piece, in minor units.
    UnitPrice,
    /// How many, in thousandths.
    Quantity,
    /// Discount on the line, in minor units.
    Discount,
    /// Tax on the line, in minor units.
    Tax,
    /// The article.
    Sku,
    /// Its category.
    Category,
    /// Its brand.
    Brand,
    /// The shop it was bought in.
    Store,
    /// Online, till, telephone.
    Channel,
    /// Who sold it.
    Staff,
    /// How it was paid.
    Payment,
    /// Code of the currency, when the file has several.
    Currency,
    /// Purchase or refund: see [`crate::Batch::is_refund`].
    Kind,
    /// The member's e-mail address.
    Email,
    /// The member's telephone number.
    Phone,
    /// The number of the member's card.
    Card,
    /// The customer's tier at that time.
    Tier,
    /// The partner of a coalition at whom it was bought.
    Partner,
    /// The household or organisation that the customer belongs to.
    Group,
    /// The campaign of which it is a part.
    Campaign,
    /// Which points a member holds.
    Points,
    /// How many of them, in thousandths.
    Balance,
    /// When they lapse.
    Expires,
}

/// How the values of a field are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A moment in microseconds.
    Moment,
    /// Minor units.
    Money,
    /// Thousandths.
    Thousandths,
    /// Purchase (0) or refund (1).
    Refund,
    /// Text of which few differ: a code into the reader's dictionary.
    Coded,
    /// Text that differs from row to row: kept with the batch, so that memory does not grow with
    /// the file.
    Plain,
}

impl Field {
    /// All fields, in the order of their declaration.
    pub const ALL: [Self; 28] = [
        Self::Customer,
        Self::Order,
        Self::Line,
        Self::Time,
        Self::Amount,
        Self::UnitPrice,
        Self::Quantity,
        Self::Discount,
        Self::Tax,
        Self::Sku,
        Self::Category,
        Self::Brand,
        Self::Store,
        Self::Channel,
        Self::Staff,
        Self::Payment,
        Self::Currency,
        Self::Kind,
        Self::Email,
        Self::Phone,
        Self::Card,
        Self::Tier,
        Self::Partner,
        Self::Group,
        Self::Campaign,
        Self::Points,
        Self::Balance,
        Self::Expires,
    ];

    /// How many fields there are.
    pub(crate) const COUNT: usize = Self::ALL.len();

    /// Its name in `--column name=header`.
    pub const fn name(self) -> &'static str {
        self.names().0
    }

    pub(crate) const fn index(self) -> usize {
        self as usize
    }

    pub(crate) const fn shape(self) -> Shape {
        match self {
            Self::Time | Self::Expires => Shape::Moment,
            Self::Amount | Self::UnitPrice | Self::Discount | Self::Tax => Shape::Money,
            Self::Quantity | Self::Balance => Shape::Thousandths,
            Self::Kind => Shape::Refund,
            Self::Order | Self::Line | Self::Email | Self::Phone | Self::Card => Shape::Plain,
            _ => Shape::Coded,
        }
    }

    /// Headers that are known to mean this, most telling first, in lower case and without anything
    /// but letters and digits.
    pub(crate) const fn known_as(self) -> &'static [&'static str] {
        self.names().1
    }

    #[rustfmt::skip]
    const fn names(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Self::Customer => ("customer", &[
                "customerid", "customer", "customernumber", "customerno", "customerref", "customercode", "custid",
                "householdid", "householdkey", "household", "memberid", "member", "membernumber", "clientid",
                "client", "buyerid", "buyer", "shopperid", "userid", "user", "loyaltyid", "kunde", "kundennummer",
                "kundennr", "kundenid", "idclient", "numeroclient", "cliente", "idcliente", "codigocliente",
                "clientecodice", "klant", "klantnummer",
            ]),
            Self::Order => ("order", &[
                "orderid", "order", "ordernumber", "orderno", "orderref", "basketid", "basket", "transactionid",
                "transactionnumber", "invoiceid", "invoice", "invoiceno", "invoicenumber", "receiptid", "receipt",
                "receiptnumber", "receiptno", "ticketid", "ticket", "saleid", "bestellnummer", "bestellung",
                "auftrag", "auftragsnummer", "bonnummer", "belegnummer", "rechnung", "rechnungsnummer", "commande",
                "numerocommande", "facture", "pedido", "numeropedido", "factura", "ordine", "numeroordine", "bestelling",
            ]),
            Self::Line => ("line", &[
                "lineid", "linenumber", "lineno", "line", "orderlineid", "orderline", "lineitemid", "itemnumber",
                "position", "positionsnummer", "zeile", "ligne", "linea", "riga",
            ]),
            Self::Time => ("time", &[
                "transactiontimestamp", "timestamp", "occurredat", "orderedat", "purchasedat", "createdat",
                "datetime", "orderdate", "orderdatetime", "purchasedate", "transactiondate", "transactiontime",
                "invoicedate", "saledate", "salesdate", "receiptdate", "date", "time", "day", "joinedat", "joined",
                "signupdate", "datum", "bestelldatum", "kaufdatum", "zeitpunkt", "datecommande", "dateachat",
                "fecha", "fechapedido", "data", "dataordine",
            ]),
            Self::Amount => ("amount", &[
                "amount", "salesvalue", "saleamount", "salesamount", "lineamount", "linetotal", "totalamount",
                "totalprice", "total", "ordertotal", "grandtotal", "netamount", "grossamount", "dollarvalue",
                "revenue", "value", "spend", "sales", "monetaryvalue", "betrag", "gesamtbetrag", "summe", "umsatz",
                "gesamt", "montant", "montanttotal", "importe", "importetotal", "importo", "totale", "bedrag",
                "amountcents", "amountincents", "amountminor", "amountminorunits", "totalcents", "pricecents",
            ]),
            Self::UnitPrice => ("unit_price", &[
                "unitprice", "price", "itemprice", "pricepaid", "einzelpreis", "preis", "stueckpreis", "stückpreis",
                "prixunitaire", "prix", "preciounitario", "precio", "prezzounitario", "prezzo", "prijs",
            ]),
            Self::Quantity => ("quantity", &[
                "quantity", "qty", "units", "unitssold", "pieces", "numberofitems", "numberofcds", "itemcount",
                "count", "menge", "anzahl", "stueck", "stück", "quantite", "quantité", "cantidad", "quantita",
                "quantità", "aantal",
            ]),
            Self::Discount => ("discount", &[
                "discount", "discountamount", "discountminor", "linediscount", "totaldiscount", "rabatt", "nachlass", "remise",
                "descuento", "sconto", "korting",
            ]),
            Self::Tax => ("tax", &[
                "tax", "taxamount", "vat", "vatamount", "salestax", "steuer", "mwst", "tva", "iva", "btw",
            ]),
            Self::Sku => ("sku", &[
                "sku", "productid", "product", "productcode", "productsku", "itemid", "item", "itemcode",
                "stockcode", "articleid", "article", "articlenumber", "upc", "ean", "gtin", "barcode", "artikel",
                "artikelnummer", "artikelnr", "produit", "codeproduit", "producto", "codigoproducto", "articulo",
                "prodotto", "articolo",
            ]),
            Self::Category => ("category", &[
                "category", "productcategory", "categoryname", "department", "productgroup", "producttype",
                "kategorie", "warengruppe", "abteilung", "categorie", "catégorie", "rayon", "categoria", "reparto",
            ]),
            Self::Brand => ("brand", &["brand", "brandname", "manufacturer", "vendor", "marke", "hersteller", "marque", "marca", "merk"]),
            Self::Store => ("store", &[
                "storeid", "store", "storenumber", "storecode", "shopid", "shop", "locationid", "location",
                "branch", "outlet", "filiale", "filialnummer", "markt", "magasin", "boutique", "tienda", "negozio", "winkel",
            ]),
            Self::Channel => ("channel", &["channel", "saleschannel", "orderchannel", "kanal", "vertriebskanal", "canal", "canale"]),
            Self::Staff => ("staff", &[
                "staffid", "staff", "cashierid", "cashier", "employeeid", "employee", "salesperson", "clerk",
                "mitarbeiter", "kassierer", "verkaeufer", "verkäufer", "vendeur", "vendedor", "cajero", "commesso",
            ]),
            Self::Payment => ("payment", &[
                "paymentmethod", "payment", "paymenttype", "tender", "tendertype", "zahlungsart", "zahlart",
                "modepaiement", "paiement", "formapago", "metodopago", "pagamento", "betaalwijze",
            ]),
            Self::Currency => ("currency", &["currency", "currencycode", "waehrung", "währung", "devise", "moneda", "divisa", "valuta"]),
            Self::Kind => ("type", &["type", "transactiontype", "ordertype", "eventtype", "kind", "vorgang", "belegart"]),
            Self::Email => ("email", &["email", "emailaddress", "mail", "customeremail", "emailadresse", "courriel", "correo", "correoelectronico"]),
            Self::Phone => ("phone", &["phone", "phonenumber", "mobile", "mobilenumber", "telephone", "telefon", "telefonnummer", "handy", "telefono", "téléphone"]),
            Self::Card => ("card", &["cardnumber", "card", "cardno", "cardid", "loyaltycard", "membercard", "kartennummer", "karte", "kundenkarte", "carte", "tarjeta", "tessera"]),
            Self::Tier => ("tier", &["tier", "membertier", "loyaltytier", "currenttierid", "levelid", "viptier", "tiername"]),
            Self::Partner => ("partner", &["partner", "partnerid"]),
            Self::Group => ("group", &["group", "organisation", "organization", "company", "customergroup"]),
            Self::Campaign => ("campaign", &["campaign", "campaignid", "campaignname"]),
            Self::Points => ("points", &["pointskind", "pointstype", "pointsname", "wallettype", "walletname", "walletcode"]),
            Self::Balance => ("balance", &[
                "pointsbalance", "pointbalance", "swellpointbalance", "loyaltycardbalance", "loyaltybalance", "currentbalance", "balance", "currentpoints", "activepoints",
                "availablepoints", "pointsavailable", "pointsapproved", "approvedpoints", "pointstotal", "points",
                "loyaltypoints", "punktestand", "punkte", "solde", "pointsfidelite", "saldo", "puntos", "punti", "punten",
            ]),
            Self::Expires => ("expires", &[
                "pointsexpireon", "pointsexpirydate", "pointsexpirationdate", "pointsexpiresat", "pointsexpireat",
                "expirydate", "expirationdate", "expiresat", "expireson", "expires", "validuntil", "gueltigbis",
                "gültigbis", "verfallsdatum", "verfall", "expiration", "caducidad", "scadenza",
            ]),
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Field {
    type Err = crate::Error;
    fn from_str(text: &str) -> Result<Self, crate::Error> {
        Self::ALL
            .into_iter()
            .find(|field| field.name() == text)
            .ok_or_else(|| {
                let names = Self::ALL.map(Self::name);
                crate::Error::UnknownField {
                    name: text.to_owned(),
                    known: names.join(", "),
                }
            })
    }
}
