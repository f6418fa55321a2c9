SELECT appt_no, patient_id, dept_name, doctor_code, doctor_name, start_time, end_time, booked_time, status, remark, update_time
FROM appointment
