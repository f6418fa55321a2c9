SELECT r.report_no, r.patient_id, r.report_name, r.sample_time, r.report_time, r.status, r.conclusion, r.update_time,
       i.item_no, i.item_code, i.item_name, i.result, i.unit, i.reference, i.flag
FROM lab_report r
LEFT JOIN lab_item i ON i.report_no = r.report_no
