-- Tables of a typical HIS with a few rows: SQL Server 2008 and later. All people are invented.
CREATE TABLE patient_info (
  patient_id  nvarchar(20) PRIMARY KEY,
  name        nvarchar(60) NOT NULL,
  sex         nvarchar(4),
  birth_date  date,
  id_card     nvarchar(20),
  card_no     nvarchar(30),
  phone       nvarchar(30),
  address     nvarchar(200),
  status      nvarchar(4),
  update_time datetime2(3) NOT NULL,
  member_level nvarchar(10)
);
CREATE INDEX patient_info_update ON patient_info (update_time, patient_id);

CREATE TABLE visit_record (
  visit_no      nvarchar(20) PRIMARY KEY,
  patient_id    nvarchar(20) NOT NULL REFERENCES patient_info,
  visit_type    nvarchar(10) NOT NULL,
  dept_code     nvarchar(20),
  dept_name     nvarchar(60),
  doctor_code   nvarchar(20),
  doctor_name   nvarchar(60),
  start_time    datetime2(3),
  end_time      datetime2(3),
  diag_code     nvarchar(20),
  diag_name     nvarchar(120),
  discharge_way nvarchar(40),
  status        nvarchar(10),
  update_time   datetime2(3) NOT NULL
);
CREATE INDEX visit_record_update ON visit_record (update_time, visit_no);

CREATE TABLE prescription (
  presc_no    nvarchar(20) PRIMARY KEY,
  visit_no    nvarchar(20),
  patient_id  nvarchar(20) NOT NULL,
  doctor_code nvarchar(20),
  doctor_name nvarchar(60),
  presc_time  datetime2(3),
  status      nvarchar(10),
  update_time datetime2(3) NOT NULL
);
CREATE INDEX prescription_update ON prescription (update_time, presc_no);

CREATE TABLE prescription_drug (
  presc_no      nvarchar(20) NOT NULL REFERENCES prescription,
  line_no       integer NOT NULL,
  drug_code     nvarchar(30),
  drug_name     nvarchar(120),
  spec          nvarchar(60),
  usage_name    nvarchar(40),
  dose          numeric(10, 3),
  dose_unit     nvarchar(20),
  frequency     nvarchar(20),
  quantity      numeric(10, 2),
  quantity_unit nvarchar(20),
  PRIMARY KEY (presc_no, line_no)
);

-- The bill number only grows, so that it serves as the watermark.
CREATE TABLE bill (
  bill_id    bigint PRIMARY KEY,
  bill_no    nvarchar(20) NOT NULL UNIQUE,
  visit_no   nvarchar(20),
  patient_id nvarchar(20) NOT NULL,
  bill_type  nvarchar(20),
  bill_time  datetime2(3),
  total      numeric(12, 2),
  status     nvarchar(10)
);

CREATE TABLE bill_line (
  bill_no   nvarchar(20) NOT NULL REFERENCES bill (bill_no),
  line_no   integer NOT NULL,
  item_code nvarchar(30),
  item_name nvarchar(120),
  quantity  numeric(10, 2),
  unit      nvarchar(20),
  amount    numeric(12, 2),
  PRIMARY KEY (bill_no, line_no)
);

CREATE TABLE appointment (
  appt_no     nvarchar(20) PRIMARY KEY,
  patient_id  nvarchar(20) NOT NULL,
  dept_name   nvarchar(60),
  doctor_code nvarchar(20),
  doctor_name nvarchar(60),
  start_time  datetime2(3) NOT NULL,
  end_time    datetime2(3) NOT NULL,
  booked_time datetime2(3),
  status      nvarchar(10),
  remark      nvarchar(200),
  update_time datetime2(3) NOT NULL
);
CREATE INDEX appointment_update ON appointment (update_time, appt_no);

INSERT INTO patient_info VALUES
  ('P0001', N'欧阳建国', '1', '1952-08-16', '110101195208163152', 'C880001', '13800000001', N'虚构市模拟区一号路 1 号', NULL, '2026-03-01 08:00:00', N'黄金'),
  ('P0002', N'㛃雨桐', N'女', '1990-05-01', NULL, 'C880002', '13800000002', NULL, NULL, '2026-03-01 08:05:00', NULL),
  ('P0003', N'张三', '9', NULL, NULL, NULL, NULL, NULL, N'作废', '2026-03-01 08:05:00', NULL);
INSERT INTO visit_record VALUES
  ('I2026001', 'P0001', N'住院', 'D03', N'心内科', 'Y100', N'李医生', '2026-03-01 09:00:00', '2026-03-08 10:30:00', 'I10', N'原发性高血压', N'医嘱离院', N'已出院', '2026-03-08 10:31:00'),
  ('O2026002', 'P0002', 'O', 'D10', N'内分泌科', 'Y101', N'王医生', '2026-03-02 14:00:00', NULL, NULL, N'糖尿病待查', NULL, '1', '2026-03-02 14:01:00');
INSERT INTO prescription VALUES
  ('R001', 'O2026002', 'P0002', 'Y101', N'王医生', '2026-03-02 14:10:00', N'已发药', '2026-03-02 14:40:00');
INSERT INTO prescription_drug VALUES
  ('R001', 1, 'YP0010', N'二甲双胍片', '0.5g*20', N'口服', 0.5, 'g', 'tid', 3, N'盒'),
  ('R001', 2, 'YP0011', N'阿卡波糖片', '50mg*30', N'嚼服', 50, 'mg', 'tid', 2, N'盒');
INSERT INTO bill VALUES
  (1001, 'B1001', 'O2026002', 'P0002', N'门诊', '2026-03-02 14:20:00', 186.4, N'已收费'),
  (1002, 'B1002', 'O2026002', 'P0002', N'门诊退费', '2026-03-02 15:00:00', -66.4, '1'),
  (1003, 'B1003', NULL, 'P0001', N'门诊', '2026-03-03 09:00:00', 0, '0');
INSERT INTO bill_line VALUES
  ('B1001', 1, 'YP0010', N'二甲双胍片', 3, N'盒', 120),
  ('B1001', 2, 'YP0011', N'阿卡波糖片', 2, N'盒', 66.4),
  ('B1002', 1, 'YP0011', N'阿卡波糖片', -2, N'盒', -66.4);
INSERT INTO appointment VALUES
  ('A001', 'P0002', N'内分泌科', 'Y101', N'王医生', '2026-03-16 14:00:00', '2026-03-16 14:15:00', '2026-03-02 14:45:00', N'已预约', N'复查血糖', '2026-03-02 14:45:00'),
  ('A002', 'P0001', N'心内科', NULL, NULL, '2026-03-10 08:00:00', '2026-03-10 08:15:00', '2026-03-08 10:00:00', N'失约', NULL, '2026-03-10 12:00:00');
