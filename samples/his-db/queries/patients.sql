SELECT patient_id, name, sex, birth_date, id_card, card_no, phone, address, status, update_time, member_level
FROM patient_info
