SELECT b.bill_id, b.bill_no, b.visit_no, b.patient_id, b.bill_type, b.bill_time, b.total, b.status,
       l.line_no, l.item_code, l.item_name, l.quantity, l.unit, l.amount
FROM bill b
LEFT JOIN bill_line l ON l.bill_no = b.bill_no
