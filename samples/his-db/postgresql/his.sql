-- Tables of a typical HIS with a few rows: PostgreSQL (and SQLite). All people are invented.
CREATE TABLE patient_info (
  patient_id  varchar(20) PRIMARY KEY,
  name        varchar(60) NOT NULL,
  sex         varchar(4),
  birth_date  date,
  id_card     varchar(20),
  card_no     varchar(30),
  phone       varchar(30),
  address     varchar(200),
  status      varchar(4),
  update_time timestamp NOT NULL,
  member_level varchar(10)
);
CREATE INDEX patient_info_update ON patient_info (update_time, patient_id);

CREATE TABLE visit_record (
  visit_no      varchar(20) PRIMARY KEY,
  patient_id    varchar(20) NOT NULL REFERENCES patient_info,
  visit_type    varchar(10) NOT NULL,
  dept_code     varchar(20),
  dept_name     varchar(60),
  doctor_code   varchar(20),
  doctor_name   varchar(60),
  start_time    timestamp,
  end_time      timestamp,
  diag_code     varchar(20),
  diag_name     varchar(120),
  discharge_way varchar(40),
  status        varchar(10),
  update_time   timestamp NOT NULL
);
CREATE INDEX visit_record_update ON visit_record (update_time, visit_no);

CREATE TABLE prescription (
  presc_no    varchar(20) PRIMARY KEY,
  visit_no    varchar(20),
  patient_id  varchar(20) NOT NULL,
  doctor_code varchar(20),
  doctor_name varchar(60),
  presc_time  timestamp,
  status      varchar(10),
  update_time timestamp NOT NULL
);
CREATE INDEX prescription_update ON prescription (update_time, presc_no);

CREATE TABLE prescription_drug (
  presc_no      varchar(20) NOT NULL REFERENCES prescription,
  line_no       integer NOT NULL,
  drug_code     varchar(30),
  drug_name     varchar(120),
  spec          varchar(60),
  usage_name    varchar(40),
  dose          numeric(10, 3),
  dose_unit     varchar(20),
  frequency     varchar(20),
  quantity      numeric(10, 2),
  quantity_unit varchar(20),
  PRIMARY KEY (presc_no, line_no)
);

-- The bill number only grows, so that it serves as the watermark.
CREATE TABLE bill (
  bill_id    bigint PRIMARY KEY,
  bill_no    varchar(20) NOT NULL UNIQUE,
  visit_no   varchar(20),
  patient_id varchar(20) NOT NULL,
  bill_type  varchar(20),
  bill_time  timestamp,
  total      numeric(12, 2),
  status     varchar(10)
);

CREATE TABLE bill_line (
  bill_no   varchar(20) NOT NULL REFERENCES bill (bill_no),
  line_no   integer NOT NULL,
  item_code varchar(30),
  item_name varchar(120),
  quantity  numeric(10, 2),
  unit      varchar(20),
  amount    numeric(12, 2),
  PRIMARY KEY (bill_no, line_no)
);

CREATE TABLE appointment (
  appt_no     varchar(20) PRIMARY KEY,
  patient_id  varchar(20) NOT NULL,
  dept_name   varchar(60),
  doctor_code varchar(20),
  doctor_name varchar(60),
  start_time  timestamp NOT NULL,
  end_time    timestamp NOT NULL,
  booked_time timestamp,
  status      varchar(10),
  remark      varchar(200),
  update_time timestamp NOT NULL
);
CREATE INDEX appointment_update ON appointment (update_time, appt_no);

INSERT INTO patient_info VALUES
  ('P0001', '欧阳建国', '1', '1952-08-16', '110101195208163152', 'C880001', '13800000001', '虚构市模拟区一号路 1 号', NULL, '2026-03-01 08:00:00', '黄金'),
  ('P0002', '㛃雨桐', '女', '1990-05-01', NULL, 'C880002', '13800000002', NULL, NULL, '2026-03-01 08:05:00', NULL),
  ('P0003', '张三', '9', NULL, NULL, NULL, NULL, NULL, '作废', '2026-03-01 08:05:00', NULL);
INSERT INTO visit_record VALUES
  ('I2026001', 'P0001', '住院', 'D03', '心内科', 'Y100', '李医生', '2026-03-01 09:00:00', '2026-03-08 10:30:00', 'I10', '原发性高血压', '医嘱离院', '已出院', '2026-03-08 10:31:00'),
  ('O2026002', 'P0002', 'O', 'D10', '内分泌科', 'Y101', '王医生', '2026-03-02 14:00:00', NULL, NULL, '糖尿病待查', NULL, '1', '2026-03-02 14:01:00');
INSERT INTO prescription VALUES
  ('R001', 'O2026002', 'P0002', 'Y101', '王医生', '2026-03-02 14:10:00', '已发药', '2026-03-02 14:40:00');
INSERT INTO prescription_drug VALUES
  ('R001', 1, 'YP0010', '二甲双胍片', '0.5g*20', '口服', 0.5, 'g', 'tid', 3, '盒'),
  ('R001', 2, 'YP0011', '阿卡波糖片', '50mg*30', '嚼服', 50, 'mg', 'tid', 2, '盒');
INSERT INTO bill VALUES
  (1001, 'B1001', 'O2026002', 'P0002', '门诊', '2026-03-02 14:20:00', 186.4, '已收费'),
  (1002, 'B1002', 'O2026002', 'P0002', '门诊退费', '2026-03-02 15:00:00', -66.4, '1'),
  (1003, 'B1003', NULL, 'P0001', '门诊', '2026-03-03 09:00:00', 0, '0');
INSERT INTO bill_line VALUES
  ('B1001', 1, 'YP0010', '二甲双胍片', 3, '盒', 120),
  ('B1001', 2, 'YP0011', '阿卡波糖片', 2, '盒', 66.4),
  ('B1002', 1, 'YP0011', '阿卡波糖片', -2, '盒', -66.4);
INSERT INTO appointment VALUES
  ('A001', 'P0002', '内分泌科', 'Y101', '王医生', '2026-03-16 14:00:00', '2026-03-16 14:15:00', '2026-03-02 14:45:00', '已预约', '复查血糖', '2026-03-02 14:45:00'),
  ('A002', 'P0001', '心内科', NULL, NULL, '2026-03-10 08:00:00', '2026-03-10 08:15:00', '2026-03-08 10:00:00', '失约', NULL, '2026-03-10 12:00:00');
