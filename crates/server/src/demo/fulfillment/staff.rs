//! Employees (`dolgozo`, as the Hungarian makers of the original system named it) and their roles.

use super::SCHEMA;
use crate::demo::dice::Dice;
use crate::demo::model::{DemoColumn, DemoTable, day, hundredths, optional_text, text, ymd};
use datafyme_domain::Value;

pub(super) const EMPLOYEES: usize = 50;

const WOMEN: [&str; 12] =
    ["Anna", "Réka", "Mara", "Ilse", "Nora", "Zsófia", "Tessa", "Judit", "Olive", "Petra", "Hanna", "Vera"];
const MEN: [&str; 13] = [
    "Ádám", "Bence", "Colin", "Dániel", "Emil", "Ferenc", "Gergő", "Jonas", "Levente", "Milan", "Oskar", "Tamás",
    "Viktor",
];
const FAMILIES: [&str; 25] = [
    "Almády",
    "Barkley",
    "Csorba",
    "Dorvan",
    "Erdős",
    "Fenner",
    "Galambos",
    "Holt",
    "Ivánfi",
    "Jarosz",
    "Kelemen",
    "Lindqvist",
    "Mezei",
    "Norwood",
    "Ordas",
    "Pálfi",
    "Quist",
    "Radnai",
    "Szűcs",
    "Thorley",
    "Ujvári",
    "Varjas",
    "Wendt",
    "Zentai",
    "Őri",
];
/// (name, how many of the fifty hold it, monthly base salary)
const ROLES: [(&str, usize, i64); 15] = [
    ("Warehouse Operative", 14, 2_050),
    ("Forklift Driver", 7, 2_300),
    ("Picker", 6, 1_950),
    ("Shift Supervisor", 4, 3_100),
    ("Inventory Analyst", 3, 3_400),
    ("Dispatch Coordinator", 3, 2_700),
    ("Purchasing Agent", 2, 3_000),
    ("Quality Inspector", 2, 2_650),
    ("Maintenance Technician", 2, 2_550),
    ("Customer Service Agent", 2, 2_250),
    ("Logistics Planner", 1, 3_300),
    ("Safety Officer", 1, 2_900),
    ("IT Administrator", 1, 3_600),
    ("Warehouse Manager", 1, 4_800),
    ("Accountant", 1, 3_200),
];

struct Employee {
    number: i64,
    role: usize,
    first_name: &'static str,
    last_name: &'static str,
    gender: &'static str,
    hired: String,
    salary: i64,
}

pub(super) fn tables() -> Vec<DemoTable> {
    let employees = draw(&mut Dice::new(4));
    vec![employee_table(&employees), assignment_table(&employees), role_table()]
}

fn draw(dice: &mut Dice) -> Vec<Employee> {
    let places = ROLES.iter().enumerate().flat_map(|(role, (_, count, _))| std::iter::repeat_n(role, *count)).collect();
    let roles = dice.shuffled(places);
    let mut families = dice.shuffled(FAMILIES.to_vec());
    families.extend(dice.shuffled(FAMILIES.to_vec()));
    let mut employees = Vec::with_capacity(EMPLOYEES);
    for ((number, role), last_name) in (1..).zip(roles).zip(families) {
        let woman = dice.chance(42);
        let base = ROLES.get(role).map_or(0, |(_, _, base)| *base);
        employees.push(Employee {
            number,
            role,
            first_name: dice.pick(if woman { &WOMEN[..] } else { &MEN[..] }),
            last_name,
            gender: if woman { "F" } else { "M" },
            hired: day(ymd(2014, 2, 1), dice.below(4_200)).to_string(),
            // The number keeps salaries apart from each other.
            salary: base * 100 + dice.between(-12, 40) * 1_000 + number * 10,
        });
    }
    employees
}

fn employee_table(employees: &[Employee]) -> DemoTable {
    let columns = vec![
        DemoColumn::integer("id"),
        DemoColumn::integer("dolgozo_id").about("Employee number"),
        DemoColumn::text("first_name"),
        DemoColumn::text("last_name"),
        DemoColumn::text("email").nullable(),
        DemoColumn::text("gender").about("F or M"),
        DemoColumn::text("hire_date").about("First day at work, YYYY-MM-DD"),
        DemoColumn::decimal("salary").about("Monthly gross salary, in euros"),
    ];
    let rows = employees.iter().map(|e| {
        let mailbox = format!("{}.{}", ascii(e.first_name), ascii(e.last_name));
        vec![
            Value::Int(e.number),
            Value::Int(e.number),
            text(e.first_name),
            text(e.last_name),
            optional_text((e.number % 9 != 4).then(|| format!("{mailbox}@warehouse.example"))),
            text(e.gender),
            text(e.hired.as_str()),
            hundredths(e.salary),
        ]
    });
    DemoTable::new(SCHEMA, "dolgozo", columns)
        .commented("Employees (dolgozó is Hungarian for employee)")
        .filled(rows.collect())
}

/// Lower case, accents dropped: as in a mailbox.
fn ascii(name: &str) -> String {
    name.to_lowercase()
        .chars()
        .map(|c| match c {
            'á' => 'a',
            'é' => 'e',
            'í' => 'i',
            'ó' | 'ö' | 'ő' => 'o',
            'ú' | 'ü' | 'ű' => 'u',
            other => other,
        })
        .collect()
}

fn assignment_table(employees: &[Employee]) -> DemoTable {
    let columns =
        vec![DemoColumn::integer("row_num"), DemoColumn::integer("dolgozo_id"), DemoColumn::integer("role_id")];
    let rows =
        (1..).zip(employees).map(|(row, e)| vec![Value::Int(row), Value::Int(e.number), Value::Int(e.role as i64 + 1)]);
    DemoTable::new(SCHEMA, "dolgozo_has_role", columns)
        .commented("Which employee has which role")
        .filled(rows.collect())
}

fn role_table() -> DemoTable {
    let columns = vec![
        DemoColumn::integer("id"),
        DemoColumn::integer("role_id"),
        DemoColumn::text("role_name").about("Job title"),
    ];
    let rows = (1..).zip(ROLES).map(|(id, (name, _, _))| vec![Value::Int(id), Value::Int(id), text(name)]);
    DemoTable::new(SCHEMA, "roles", columns).commented("Job titles").filled(rows.collect())
}
