-- Tables of a typical LIS with a few rows: SQL Server 2008 and later. All people are invented.
CREATE TABLE lab_report (
  report_no   nvarchar(20) PRIMARY KEY,
  patient_id  nvarchar(20) NOT NULL,
  report_name nvarchar(60),
  sample_time datetime2(3),
  report_time datetime2(3),
  status      nvarchar(10),
  conclusion  nvarchar(200),
  update_time datetime2(3) NOT NULL
);
CREATE INDEX lab_report_update ON lab_report (update_time, report_no);

CREATE TABLE lab_item (
  report_no nvarchar(20) NOT NULL REFERENCES lab_report,
  item_no   integer NOT NULL,
  item_code nvarchar(30) NOT NULL,
  item_name nvarchar(60),
  result    nvarchar(200),
  unit      nvarchar(20),
  reference nvarchar(60),
  flag      nvarchar(10),
  PRIMARY KEY (report_no, item_no)
);

INSERT INTO lab_report VALUES
  ('L20260302001', 'P0002', N'生化全套', '2026-03-02 14:30:00', '2026-03-02 16:00:00', N'已审核', NULL, '2026-03-02 16:00:00'),
  ('L20260303001', 'P0001', N'乙肝两对半', '2026-03-03 08:30:00', '2026-03-03 11:00:00', '2', N'建议复查', '2026-03-03 11:00:00');
INSERT INTO lab_item VALUES
  ('L20260302001', 1, 'GLU', N'葡萄糖', '9.8', 'mmol/L', '3.9-6.1', N'↑'),
  ('L20260302001', 2, 'CREA', N'肌酐', '<18', 'umol/L', '44-97', N'↓'),
  ('L20260303001', 1, 'HBsAg', N'乙肝表面抗原', N'阴性', NULL, NULL, N'阴性');
