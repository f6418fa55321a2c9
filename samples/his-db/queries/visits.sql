SELECT visit_no, patient_id, visit_type, dept_code, dept_name, doctor_code, doctor_name, start_time, end_time,
       diag_code, diag_name, discharge_way, status, update_time
FROM visit_record
