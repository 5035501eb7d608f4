//! Products, locations, companies. All names are invented.

use super::SCHEMA;
use crate::demo::model::{DemoColumn, DemoTable, hundredths, optional_text, text};
use datafyme_domain::Value;

/// (name, category, storage size, price in hundredths)
const PRODUCTS: [(&str, &str, i64, i64); super::PRODUCTS] = [
    ("Kestrel Mini", "phone", 58, 14_990),
    ("Kestrel Max", "phone", 71, 18_950),
    ("Novaro 5", "phone", 64, 16_490),
    ("Novaro 5 Pro", "phone", 66, 19_490),
    ("Tundra Fold", "phone", 83, 19_990),
    ("Lumen Lite", "phone", 60, 11_990),
    ("Marlin Tab", "tablet", 92, 15_900),
    ("Marlin Tab Plus", "tablet", 99, 17_900),
    ("Orbit Watch", "wearable", 53, 12_950),
    ("Orbit Band", "wearable", 51, 10_250),
    ("Whisper Buds", "audio", 52, 10_990),
];

/// (name, region, capacity)
const LOCATIONS: [(&str, &str, i64); super::LOCATIONS - 1] = [
    ("Harrowgate Quay", "North", 90_580),
    ("Ostvik", "North", 31_204),
    ("Calder Bay", "West", 84_316),
    ("Mirefeld", "South", 15_147),
    ("Brennhaven", "East", 42_760),
    ("Tarnow Mills", "South", 67_925),
    ("Port Ellery", "West", 38_411),
    ("Quillonde", "East", 22_638),
    ("Westmarch", "West", 55_093),
    ("Verrault", "South", 27_482),
];

/// (name, country, segment, address, contact)
type Company = (&'static str, &'static str, &'static str, &'static str, Option<&'static str>);

const COMPANIES: [Company; 10] = [
    ("Brightwell Traders", "Germany", "wholesale", "4 Lindenhof, Mirefeld", Some("orders@brightwell.example")),
    ("Copperline Retail", "Austria", "retail", "18 Marktgasse, Ostvik", Some("buying@copperline.example")),
    ("Dunmore & Vale", "Ireland", "retail", "77 Quay Road, Port Ellery", None),
    ("Eastgate Mobile", "Poland", "online", "3 Tarnow Street, Tarnow Mills", Some("hello@eastgate.example")),
    ("Fenwick Outfitters", "Germany", "retail", "51 Alte Strasse, Brennhaven", Some("fenwick@outfitters.example")),
    ("Glenholt Supply", "Ireland", "wholesale", "9 Harbour View, Calder Bay", None),
    ("Horváth Kereskedőház", "Hungary", "wholesale", "12 Fő utca, Verrault", Some("iroda@horvath.example")),
    ("Ironbridge Stores", "Germany", "retail", "26 Bridge Lane, Westmarch", Some("stock@ironbridge.example")),
    ("Juniper Direct", "Hungary", "online", "8 Kert utca, Quillonde", Some("team@juniperdirect.example")),
    ("Kingsmere Group", "Austria", "online", "100 Ringstrasse, Harrowgate Quay", None),
];

pub(super) fn tables() -> Vec<DemoTable> {
    vec![products(), locations(), companies()]
}

fn products() -> DemoTable {
    let columns = vec![
        DemoColumn::integer("id"),
        DemoColumn::text("product_id"),
        DemoColumn::text("product_name"),
        DemoColumn::text("category").about("phone, tablet, wearable or audio"),
        DemoColumn::integer("storage_size").about("Shelf space of one packed unit"),
        DemoColumn::decimal("price").about("List price of one unit, in euros"),
    ];
    let rows = PRODUCTS.iter().enumerate().map(|(i, (name, category, size, price))| {
        vec![
            Value::Int(i as i64 + 1),
            text(format!("product-{i}")),
            text(*name),
            text(*category),
            Value::Int(*size),
            hundredths(*price),
        ]
    });
    DemoTable::new(SCHEMA, "products", columns).commented("Products on sale").keyed("product_id").filled(rows.collect())
}

fn locations() -> DemoTable {
    let columns = vec![
        DemoColumn::integer("id"),
        DemoColumn::text("location_id"),
        DemoColumn::text("location_name"),
        DemoColumn::text("region"),
        DemoColumn::integer("location_capacity").about("Units that fit in"),
    ];
    let rows = LOCATIONS.iter().enumerate().map(|(i, (name, region, capacity))| {
        vec![
            Value::Int(i as i64 + 1),
            text(format!("location-{}", i + 1)),
            text(*name),
            text(*region),
            Value::Int(*capacity),
        ]
    });
    DemoTable::new(SCHEMA, "locations", columns).commented("Warehouses").filled(rows.collect())
}

fn companies() -> DemoTable {
    let columns = vec![
        DemoColumn::integer("id"),
        DemoColumn::text("company_id"),
        DemoColumn::text("company_name"),
        DemoColumn::text("country"),
        DemoColumn::text("segment").about("wholesale, retail or online"),
        DemoColumn::text("address"),
        DemoColumn::text("contact_email").nullable(),
    ];
    let rows = COMPANIES.iter().enumerate().map(|(i, (name, country, segment, address, email))| {
        vec![
            Value::Int(i as i64 + 1),
            text(format!("company-{}", i + 1)),
            text(*name),
            text(*country),
            text(*segment),
            text(*address),
            optional_text(email.map(str::to_owned)),
        ]
    });
    DemoTable::new(SCHEMA, "companies", columns).commented("Customers").filled(rows.collect())
}
