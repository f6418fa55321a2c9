SELECT p.presc_no, p.visit_no, p.patient_id, p.doctor_code, p.doctor_name, p.presc_time, p.status, p.update_time,
       d.line_no, d.drug_code, d.drug_name, d.spec, d.usage_name, d.dose, d.dose_unit, d.frequency, d.quantity, d.quantity_unit
FROM prescription p
LEFT JOIN prescription_drug d ON d.presc_no = p.presc_no
