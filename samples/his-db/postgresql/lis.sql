-- Tables of a typical LIS with a few rows: PostgreSQL (and SQLite). All people are invented.
CREATE TABLE lab_report (
  report_no   varchar(20) PRIMARY KEY,
  patient_id  varchar(20) NOT NULL,
  report_name varchar(60),
  sample_time timestamp,
  report_time timestamp,
  status      varchar(10),
  conclusion  varchar(200),
  update_time timestamp NOT NULL
);
CREATE INDEX lab_report_update ON lab_report (update_time, report_no);

CREATE TABLE lab_item (
  report_no varchar(20) NOT NULL REFERENCES lab_report,
  item_no   integer NOT NULL,
  item_code varchar(30) NOT NULL,
  item_name varchar(60),
  result    varchar(200),
  unit      varchar(20),
  reference varchar(60),
  flag      varchar(10),
  PRIMARY KEY (report_no, item_no)
);

INSERT INTO lab_report VALUES
  ('L20260302001', 'P0002', '生化全套', '2026-03-02 14:30:00', '2026-03-02 16:00:00', '已审核', NULL, '2026-03-02 16:00:00'),
  ('L20260303001', 'P0001', '乙肝两对半', '2026-03-03 08:30:00', '2026-03-03 11:00:00', '2', '建议复查', '2026-03-03 11:00:00');
INSERT INTO lab_item VALUES
  ('L20260302001', 1, 'GLU', '葡萄糖', '9.8', 'mmol/L', '3.9-6.1', '↑'),
  ('L20260302001', 2, 'CREA', '肌酐', '<18', 'umol/L', '44-97', '↓'),
  ('L20260303001', 1, 'HBsAg', '乙肝表面抗原', '阴性', NULL, NULL, '阴性');
